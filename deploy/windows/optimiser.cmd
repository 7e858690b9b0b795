@echo off
rem The command line: optimiser check case.xlsx
"%~dp0python\python.exe" -X utf8 -m optimiser %*
