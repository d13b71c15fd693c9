@echo off
rem The lamina command: finds a JDK 25, builds samples\target\lamina.jar when it is missing or older than the sources, runs it.
rem   LAMINA_JAVA_HOME   the JDK to take, before JAVA_HOME and all others
rem   LAMINA_JAVA_OPTS   further JVM options, for example -Xmx8g
rem   LAMINA_AOT=no      neither make nor use the cache for a faster start, samples\target\lamina.aot
setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=%~dp0"
if "%ROOT:~-1%"=="\" set "ROOT=%ROOT:~0,-1%"
set "JAR=%ROOT%\samples\target\lamina.jar"
set "AOT=%ROOT%\samples\target\lamina.aot"
rem The cache serves only a JVM started as the one that made it was.
set "OPTIONS=--enable-native-access=ALL-UNNAMED --add-modules=jdk.incubator.vector -Djava.awt.headless=true -XX:+UseParallelGC"
set "JDK="
set "TOLD="
set TRIES=0

if not defined LAMINA_JAVA_HOME goto search
call :try "%LAMINA_JAVA_HOME%"
if defined JDK goto found
echo lamina: LAMINA_JAVA_HOME=%LAMINA_JAVA_HOME% is not a JDK 25 or newer. 1>&2
exit /b 2

:search
if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined JDK for %%J in (java.exe) do if not "%%~$PATH:J"=="" call :try "%%~dp$PATH:J.."
for %%R in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%LOCALAPPDATA%\Programs\Eclipse Adoptium" "%USERPROFILE%\.jdks" "%USERPROFILE%\.sdkman\candidates\java" "%USERPROFILE%\scoop\apps") do (
    if not defined JDK if exist "%%~R\" for /d %%D in ("%%~R\*") do if not defined JDK call :try "%%~D"
)
if defined JDK goto found
echo lamina: no JDK 25 was found ^(looked at LAMINA_JAVA_HOME, JAVA_HOME, java on the PATH and the usual folders^). 1>&2
echo Lamina needs JDK 25 or newer. Install one: 1>&2
echo   Windows         winget install EclipseAdoptium.Temurin.25.JDK 1>&2
echo   Debian, Ubuntu  sudo apt install openjdk-25-jdk, or temurin-25-jdk from https://adoptium.net/installation/linux 1>&2
echo   macOS           brew install --cask temurin@25 1>&2
echo   SDKMAN          sdk install java 25-tem 1>&2
echo or point LAMINA_JAVA_HOME at the folder of a JDK 25. 1>&2
exit /b 2

:found
rem PowerShell answers 1 when the jar is missing or older than a source or pom.
powershell -NoProfile -ExecutionPolicy Bypass -Command "$r=$env:ROOT; $j=$env:JAR; if (-not (Test-Path -LiteralPath $j)) { exit 1 }; $t=(Get-Item -LiteralPath $j).LastWriteTimeUtc; $f=@(Get-Item -LiteralPath (Join-Path $r 'pom.xml')); foreach ($m in 'core','cpu-backend','cuda-backend','native','samples') { foreach ($p in (Join-Path $r ($m+'\pom.xml')),(Join-Path $r ($m+'\src\main'))) { if (Test-Path -LiteralPath $p) { $f+=Get-Item -LiteralPath $p; $f+=Get-ChildItem -LiteralPath $p -Recurse -ErrorAction SilentlyContinue } } }; if ($f | Where-Object { $_.LastWriteTimeUtc -gt $t }) { exit 1 }; exit 0" <nul
if not errorlevel 1 goto run

if not defined TOLD echo lamina: building ^(the first time takes a minute^) ... 1>&2
set "TOLD=yes"
if not exist "%ROOT%\samples\target" mkdir "%ROOT%\samples\target"
set "PART=%ROOT%\samples\target\lamina-%RANDOM%%RANDOM%.jar.part"
rem The build runs with the lock file open for writing; a second launcher cannot open it, waits and looks at the jar again.
set "LOCK=%ROOT%\samples\target\.lamina-build.lock"
set "BUILT="
3>&2 2>nul (9>"%LOCK%" (call :build 2>&3 && set "BUILT=yes" || set "BUILT=no"))
if "%BUILT%"=="yes" goto run
if "%BUILT%"=="no" goto failed
set /a TRIES+=1
if %TRIES% geq 300 goto failed
ping -n 3 127.0.0.1 >nul
goto found

:failed
if exist "%PART%" del /q "%PART%"
echo lamina: the build failed; to look closer: cd /d "%ROOT%" and mvnw.cmd verify 1>&2
exit /b 1

:run
rem The JVM refuses to start with both the cache and one of the options named here; a cache that does not fit it passes over, silenced.
if /i "%LAMINA_AOT%"=="no" goto plain
if not exist "%AOT%" goto plain
(set LAMINA_JAVA_OPTS & set JAVA_TOOL_OPTIONS & set JDK_JAVA_OPTIONS) 2>nul | findstr /c:"-Xshare" /c:"AOT" /c:"SharedArchive" /c:"SharedClassList" /c:"DumpLoadedClassList" >nul && goto plain
"%JDK%\bin\java.exe" %OPTIONS% "-XX:AOTCache=%AOT%" "-Xlog:aot*=off" %LAMINA_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%

:plain
"%JDK%\bin\java.exe" %OPTIONS% %LAMINA_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%

:build
setlocal
set "JAVA_HOME=%JDK%"
pushd "%ROOT%"
call mvnw.cmd -B -q -ntp package -pl samples -am -DskipTests -Dmaven.test.skip=true -Dcheckstyle.skip -Denforcer.skip "-Dlamina.jar=%PART%" 1>&2 <nul
set RC=%ERRORLEVEL%
popd
if not "%RC%"=="0" exit /b 1
move /y "%PART%" "%JAR%" >nul || exit /b 1
if exist "%AOT%" del /q "%AOT%"
if /i "%LAMINA_AOT%"=="no" exit /b 0
rem A short training run leaves its loaded classes in the cache; whatever goes wrong, the command runs without it.
echo lamina: preparing faster starts ^(once^) ... 1>&2
"%JDK%\bin\java.exe" %OPTIONS% "-XX:AOTCacheOutput=%PART%.aot" -jar "%JAR%" train --data digits --epochs 1 --train-limit 128 --out "%PART%.run" >nul 2>&1 <nul
if not errorlevel 1 if exist "%PART%.aot" move /y "%PART%.aot" "%AOT%" >nul
if exist "%PART%.aot" del /q "%PART%.aot"
if exist "%PART%.aot.config" del /q "%PART%.aot.config"
if exist "%PART%.run" rmdir /s /q "%PART%.run"
exit /b 0

rem Sets JDK when the folder %1 holds a JDK 25 or newer, by its release file.
:try
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "VER="
for /f "usebackq tokens=2 delims==" %%V in (`findstr /b "JAVA_VERSION=" "%~1\release"`) do set "VER=%%~V"
if not defined VER exit /b 0
for /f "tokens=1 delims=.-+" %%N in ("%VER%") do set "VER=%%N"
if %VER% geq 25 set "JDK=%~f1"
exit /b 0
