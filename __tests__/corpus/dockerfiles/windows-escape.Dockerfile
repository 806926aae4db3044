# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS build
RUN dir C:\
RUN powershell -Command `
    Write-Host hi
COPY --from=mcr.microsoft.com/powershell:7.4-nanoserver-ltsc2022 C:\ps C:\ps
