; Inno Setup: the frozen folder as one installer. Build the folder first, then:
;     iscc packaging\windows-installer.iss /DVersion=0.1.0
#ifndef Version
  #define Version "0.1.0"
#endif

[Setup]
AppId={{6C0B2B52-9C4B-4B0E-9C0B-6D2B6D7C1F5A}
AppName=srviewer
AppVersion={#Version}
AppPublisher=The srviewer authors
AppComments=Research use only. Not for diagnosis.
DefaultDirName={autopf}\srviewer
DefaultGroupName=srviewer
LicenseFile=..\LICENSE
InfoBeforeFile=research-use-only.txt
OutputDir=..\dist
OutputBaseFilename=srviewer-{#Version}-setup
SetupIconFile=icons\srviewer.ico
UninstallDisplayIcon={app}\srviewer-gui.exe
Compression=lzma2
SolidCompression=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
; No administrator is needed to install for oneself.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ChangesAssociations=yes

[Tasks]
Name: associate; Description: "Offer srviewer for NIfTI, NRRD, MetaImage, FreeSurfer and DICOM files"
Name: desktopicon; Description: "A shortcut on the desktop"; Flags: unchecked

[Files]
Source: "..\dist\srviewer\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\srviewer"; Filename: "{app}\srviewer-gui.exe"
Name: "{autodesktop}\srviewer"; Filename: "{app}\srviewer-gui.exe"; Tasks: desktopicon

[Registry]
; "Open with" lists srviewer; what opens these files by default stays as it is.
Root: HKA; Subkey: "Software\Classes\srviewer.scan"; ValueType: string; ValueData: "Scan"; Flags: uninsdeletekey; Tasks: associate
Root: HKA; Subkey: "Software\Classes\srviewer.scan\DefaultIcon"; ValueType: string; ValueData: "{app}\srviewer-gui.exe,0"; Tasks: associate
Root: HKA; Subkey: "Software\Classes\srviewer.scan\shell\open\command"; ValueType: string; ValueData: """{app}\srviewer-gui.exe"" ""%1"""; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.nii\OpenWithProgids"; ValueType: string; ValueName: "srviewer.scan"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.mgz\OpenWithProgids"; ValueType: string; ValueName: "srviewer.scan"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.nrrd\OpenWithProgids"; ValueType: string; ValueName: "srviewer.scan"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.mha\OpenWithProgids"; ValueType: string; ValueName: "srviewer.scan"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.mhd\OpenWithProgids"; ValueType: string; ValueName: "srviewer.scan"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate
Root: HKA; Subkey: "Software\Classes\.dcm\OpenWithProgids"; ValueType: string; ValueName: "srviewer.scan"; ValueData: ""; Flags: uninsdeletevalue; Tasks: associate

[Run]
Filename: "{app}\srviewer-gui.exe"; Description: "Start srviewer"; Flags: nowait postinstall skipifsilent
