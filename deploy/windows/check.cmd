@echo off
rem Holds every file of this folder against SHA256SUMS.txt.
"%~dp0python\python.exe" -X utf8 "%~dp0check.py"
pause
