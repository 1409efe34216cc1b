//! Compiles the .proto files with protox, so that no protoc has to be installed.

use std::{env, error::Error, fs, path::PathBuf};

const FILES: [&str; 6] = [
    "xianglian/v1/record.proto",
    "xianglian/v1/sync.proto",
    "xianglian/v1/note.proto",
    "xianglian/v1/enrolment.proto",
    "xianglian/v1/node.proto",
    "xianglian/v1/report.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=xianglian");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut compiler = protox::Compiler::new(["."])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(FILES)?;
    fs::write(out.join("xianglian.fds.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        .client_mod_attribute(".", "#[cfg(feature = \"grpc\")]")
        .server_mod_attribute(".", "#[cfg(feature = \"grpc\")]")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
