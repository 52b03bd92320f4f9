//! The program: a command line, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    acp_gateway::cli::main()
}
