//! `blastwall plugin new`: a project that builds wherever the program runs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use blastwall_model::CheckId;

use crate::args::NewArguments;
use crate::errors::{CommandResult, Failure};
use crate::exit;
use crate::terminal::Terminal;

/// The template, as files with `{{words}}` to fill in.
mod template {
    include!(concat!(env!("OUT_DIR"), "/template.rs"));
}

/// The SDK: its sources, and manifests that make a workspace of them.
mod sdk {
    include!(concat!(env!("OUT_DIR"), "/sdk.rs"));
}

/// Where a project keeps the SDK.
const SDK_FOLDER: &str = ".blastwall";

/// Names of which no library can be made: the words of the language, and the libraries that come
/// with it. <https://doc.rust-lang.org/reference/keywords.html>
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "abstract", "alloc", "as", "async", "await", "become", "box", "break", "const", "continue",
    "core", "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen",
    "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv",
    "proc-macro", "pub", "ref", "return", "self", "static", "std", "struct", "super", "test",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where",
    "while", "yield",
];

/// Makes the project.
pub(super) fn run(arguments: &NewArguments, terminal: Terminal) -> CommandResult {
    let name = arguments.name.as_str();
    acceptable(name)?;
    let sdk = arguments.sdk.as_deref().map(checkout).transpose()?;
    let folder = arguments.path.clone().unwrap_or_else(|| name.into());
    empty(&folder)?;

    let about_sdk = match &sdk {
        Some(path) => format!("The SDK is the checkout in `{}`.", path.display()),
        None => format!(
            "`{SDK_FOLDER}/` is the SDK as it comes with blastwall {}; keep it with the project.",
            env!("CARGO_PKG_VERSION")
        ),
    };
    let sdk_path = match &sdk {
        Some(path) => path
            .to_str()
            .with_context(|| format!("`{}` is not UTF-8", path.display()))
            .map_err(Failure::usage)?
            .replace('\\', "/"),
        None => format!("{SDK_FOLDER}/sdk"),
    };
    let filled = |text: &str| {
        text.replace("{{name}}", name)
            .replace("{{sdk}}", &sdk_path)
            .replace("{{rust-version}}", env!("CARGO_PKG_RUST_VERSION"))
            .replace("{{about-sdk}}", &about_sdk)
    };
    for (path, text) in template::TEMPLATE {
        // A file of that name would rule in the repository of the template, too.
        let path = if *path == "gitignore" {
            ".gitignore"
        } else {
            path
        };
        write(&folder.join(path), &filled(text))?;
    }
    if sdk.is_none() {
        for (path, text) in sdk::SOURCES.iter().chain(sdk::MANIFESTS) {
            write(&folder.join(SDK_FOLDER).join(path), text)?;
        }
    }
    terminal.note(&format!(
        "made the plugin `{name}` in {folder}\n\
         \n  cd {folder}\n  cargo test               # its cases, natively\n  \
         blastwall plugin build   # {name}.wasm\n  blastwall plugin test    # its cases in the sandbox",
        folder = folder.display()
    ));
    Ok(exit::SUCCESS)
}

/// Whether a package, a library and checks can be called so.
fn acceptable(name: &str) -> Result<(), Failure> {
    let refused = |error| {
        Failure::usage(error).hint("a name is lower-case words joined by hyphens, `my-checks`")
    };
    if name.parse::<CheckId>().is_err() {
        return Err(refused(anyhow!("`{name}` cannot be the name of a plugin")));
    }
    if RESERVED.contains(&name) {
        return Err(refused(anyhow!("`{name}` is a word of Rust's own")));
    }
    let dependency = name.strip_prefix("blastwall-");
    if dependency.is_some_and(|name| ["macros", "model", "policy", "sdk"].contains(&name)) {
        return Err(refused(anyhow!("`{name}` is a part of the SDK")));
    }
    let builtin = blastwall_builtin::PLUGINS;
    if builtin.iter().any(|builtin| builtin.name == name) {
        return Err(refused(anyhow!("`{name}` is a built-in plugin")));
    }
    Ok(())
}

/// The SDK of a checkout.
fn checkout(path: &Path) -> Result<PathBuf, Failure> {
    let candidates = ["plugin-sdk/sdk", "sdk", ""];
    let mut candidates = candidates.iter().map(|below| path.join(below));
    let found = candidates.find(|folder| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml"));
        manifest.is_ok_and(|text| text.contains("name = \"blastwall-sdk\""))
    });
    let found =
        found.ok_or_else(|| Failure::usage(anyhow!("there is no SDK in `{}`", path.display())))?;
    Ok(
        fs::canonicalize(&found)
            .with_context(|| format!("failed to find `{}`", found.display()))?,
    )
}

/// Makes the folder, which may be there only if there is nothing in it.
fn empty(folder: &Path) -> Result<(), Failure> {
    let show = || format!("failed to make `{}`", folder.display());
    fs::create_dir_all(folder)
        .with_context(show)
        .map_err(Failure::usage)?;
    if fs::read_dir(folder).with_context(show)?.next().is_some() {
        let error = anyhow!("`{}` is not empty", folder.display());
        return Err(Failure::usage(error).hint("give another directory with --path"));
    }
    Ok(())
}

/// Writes a file that is not there yet.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let show = || format!("failed to write `{}`", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(show)?;
    }
    let mut file = fs::File::create_new(path).with_context(show)?;
    Ok(file.write_all(text.as_bytes()).with_context(show)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_crate_can_have_are_refused() {
        for name in ["my-checks", "a", "x2", "s3-checks", "blastwall-extra"] {
            assert!(acceptable(name).is_ok(), "{name}");
        }
        for name in [
            "",
            "My-Checks",
            "my_checks",
            "-a",
            "a-",
            "a--b",
            "2a",
            "../a",
            "a b",
            "fn",
            "test",
            "blastwall-sdk",
            "s3",
        ] {
            assert!(acceptable(name).is_err(), "{name}");
        }
    }

    #[test]
    fn the_sdk_that_is_carried_along_is_whole_and_small() {
        let names: Vec<&str> = sdk::MANIFESTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(
            names,
            [
                "Cargo.toml",
                "LICENSE",
                "macros/Cargo.toml",
                "model/Cargo.toml",
                "policy/Cargo.toml",
                "sdk/Cargo.toml"
            ]
        );
        let manifests: String = sdk::MANIFESTS.iter().map(|(_, text)| *text).collect();
        for left_out in [
            "dev-dependencies",
            "[[bench]]",
            "criterion",
            "wasmtime",
            "aws-",
        ] {
            assert!(!manifests.contains(left_out), "{left_out}:\n{manifests}");
        }
        let size: usize = sdk::SOURCES.iter().map(|(_, text)| text.len()).sum();
        // Nearly half of it is the table of actions.
        assert!(size < 2_000_000, "{size} bytes");
        let names = sdk::SOURCES.iter().map(|(name, _)| *name);
        let data: Vec<&str> = names.filter(|name| !name.ends_with(".rs")).collect();
        assert_eq!(
            data,
            [
                "policy/data/LICENSE-iam-data.txt",
                "policy/data/actions.txt"
            ]
        );
    }
}
