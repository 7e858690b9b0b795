@echo off
rem Opens Optimiser in the browser, on this machine only. Close this window to end it.
setlocal
title Optimiser
"%~dp0python\python.exe" -X utf8 -m optimiser app %*
if errorlevel 1 pause
