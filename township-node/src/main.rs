use std::process::ExitCode;
use std::sync::Arc;

use township_node::cli;
use township_node::clock::SystemClock;

fn main() -> ExitCode {
    // Names or values that are not Unicode cannot be settings of ours.
    let env = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    cli::run(std::env::args_os(), env.collect(), Arc::new(SystemClock))
}
