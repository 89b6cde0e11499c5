//! What falls with something, computed from a directory of `host/store/FORMAT.md`, as JSON: the shortest way
//! from documents to an answer, for those who build on this crate. Every document has to name its account.
//!
//! ```sh
//! cargo run -p blastwall-blast --example radius -- examples/reach 200000001001
//! ```

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use blastwall_blast::{Environment, Facts, Graph};
use blastwall_model::{AccountId, Document};

/// The documents of a file; none if it is not there.
fn documents(path: &Path) -> Result<Vec<Document>, Box<dyn Error>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let documents = lines.map(Document::parse).collect::<Result<_, _>>()?;
    Ok(documents)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("usage: radius DIR START…")?;
    let directory = Path::new(&directory);
    let mut facts = Facts::new();
    facts.add_organization(&documents(&directory.join("organization.jsonl"))?);
    for account in fs::read_dir(directory.join("accounts"))? {
        let account = account?;
        let id: AccountId = account.file_name().to_string_lossy().parse()?;
        let documents = documents(&account.path().join("resources.jsonl"))?;
        facts.add_account(&id, Environment::default(), &documents);
    }
    let graph = Graph::build(facts);
    let mut start = Vec::new();
    for text in arguments {
        start.extend(graph.find_all(&text)?);
    }
    let radius = graph.radius(&start)?;
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&radius)?)?;
    Ok(())
}
