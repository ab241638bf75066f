//! What the numbers were measured on.

use std::ffi::OsString;
use std::fs;
use std::process::Command;
use std::thread;

use serde::Serialize;

#[derive(Serialize)]
pub(crate) struct Machine {
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    /// Processes that wanted a core in the last minute, before the run began:
    /// above a few tenths, others were at work beside the measurement.
    pub(crate) load_before: String,
}

impl Machine {
    /// What the system tells; what it does not is "unknown".
    pub(crate) fn observe() -> Self {
        let file = |path| fs::read_to_string(path).unwrap_or_default();
        Self {
            cpu: cpu_model(&file("/proc/cpuinfo")),
            cores: cores(),
            kernel: known(file("/proc/sys/kernel/osrelease").trim()),
            rustc: rustc_version(),
            load_before: known(file("/proc/loadavg").split(' ').next().unwrap_or_default()),
        }
    }
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

fn known(text: &str) -> String {
    if text.is_empty() { "unknown" } else { text }.to_owned()
}

fn cpu_model(cpuinfo: &str) -> String {
    let model = cpuinfo
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim() == "model name");
    known(model.map(|(_, value)| value.trim()).unwrap_or_default())
}

fn rustc_version() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc)
        .arg("--version")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    known(String::from_utf8_lossy(&output).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_found_or_unknown() {
        let cpuinfo = "processor\t: 0\nmodel\t\t: 1\nmodel name\t: Some CPU @ 2 GHz\n";
        assert_eq!(cpu_model(cpuinfo), "Some CPU @ 2 GHz");
        assert_eq!(cpu_model("processor : 0\n"), "unknown");
    }
}
