//! Programs that others wrote and tests use. They are installed into the target folder, once; nothing else of the machine
//! is changed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs a command to its end.
///
/// # Errors
/// What was to be done, and what the command said: it does not start, or did not end well.
pub fn run(command: &mut Command, what: &str) -> Result<Output, String> {
    let output = command.output().map_err(|error| format!("{what}: {command:?} does not start: {error}"))?;
    if output.status.success() {
        return Ok(output);
    }
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{what}: {command:?} ended with {}\n{out}\n{err}", output.status))
}

/// Holds others off who install into the same folder; gives way when dropped.
fn alone(folder: &Path) -> Result<File, String> {
    let path = folder.with_extension("lock");
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(told)?;
    }
    let file = File::create(&path).map_err(told)?;
    file.lock().map_err(told)?;
    Ok(file)
}

/// A Python with the packages of a list, in a folder below `folder`. Made anew when the list has changed.
///
/// # Errors
/// There is no Python 3 with venv, or the packages cannot be had.
pub fn python(list: &Path, folder: &Path) -> Result<PathBuf, String> {
    let wanted = std::fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()))?;
    let python = folder.join("bin").join("python");
    let done = folder.join("installed.txt");
    let _alone = alone(folder)?;
    if std::fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    eprintln!("installing the packages of {} into {}", list.display(), folder.display());
    let what = "Python 3 with venv is needed (Debian: apt install python3 python3-venv)";
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder), what)?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    run(install.arg(list), "installing Python packages")?;
    std::fs::write(&done, wanted).map_err(|error| format!("{}: {error}", done.display()))?;
    Ok(python)
}

/// promtool, which reads metrics as Prometheus does: the machine's own, else that of Debian's package, unpacked below
/// `folder`.
///
/// # Errors
/// It is not there and cannot be had.
pub fn promtool(folder: &Path) -> Result<PathBuf, String> {
    let own = PathBuf::from("promtool");
    if Command::new(&own).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return Ok(own);
    }
    let _alone = alone(folder)?;
    let unpacked = folder.join("usr").join("bin").join("promtool");
    if unpacked.is_file() {
        return Ok(unpacked);
    }
    eprintln!("fetching promtool into {}", folder.display());
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let fetch = || {
        run(
            Command::new("apt-get").args(["download", "-qq", "prometheus"]).current_dir(folder),
            "fetching promtool",
        )
    };
    // The lists of packages may be missing; only who may renew them can.
    fetch().or_else(|_| {
        run(Command::new("apt-get").args(["update", "-qq"]), "renewing the lists of packages")?;
        fetch()
    })?;
    let found = std::fs::read_dir(folder).map_err(|error| error.to_string())?.flatten();
    let package = found.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "deb"));
    let package = package.ok_or("apt-get downloaded nothing")?;
    run(Command::new("dpkg").arg("-x").arg(&package).arg(folder), "unpacking promtool")?;
    let _ = std::fs::remove_file(package);
    Ok(unpacked)
}
