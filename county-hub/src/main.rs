use std::process::ExitCode;

fn main() -> ExitCode {
    county_hub::cli::main()
}
