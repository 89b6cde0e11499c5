//! The kinds of link, as a page for readers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use blastwall_blast::{is_structural, link_kinds};

fn page() -> String {
    let mut page = "\
# Kinds of link

What the blast radius follows, written from the documentation in `host/blast/src/links/` (`BLESS=1 cargo
test --package blastwall-blast --test links` writes this page anew). A step of a path names its kind by id.
"
    .to_owned();
    let mut families: Vec<&str> = link_kinds().map(|kind| kind.family).collect();
    families.sort_unstable();
    families.dedup();
    for family in families {
        write!(page, "\n## Family `{family}`\n").unwrap();
        for kind in link_kinds().filter(|kind| kind.family == family) {
            write!(page, "\n### {} (`{}`)\n\n", kind.name, kind.id).unwrap();
            writeln!(page, "- From: {}", kind.source).unwrap();
            writeln!(page, "- To: {}", kind.target).unwrap();
            writeln!(page, "- When: {}", kind.precondition).unwrap();
            writeln!(page, "- What stops or limits it: {}", kind.mitigations).unwrap();
            if is_structural(kind.id) {
                page.push_str("- It follows from how AWS is made and cannot be cut.\n");
            }
            for reference in kind.references {
                writeln!(page, "- <{reference}>").unwrap();
            }
        }
    }
    page.push_str(REST);
    page
}

/// What people look for under another name, and what nothing here follows.
const REST: &str = "
## Under another name

- Role chains, trust of a whole organization or unit, `OrganizationAccountAccessRole` and
  `AWSControlTowerExecution`, roles of Systems Manager Automation and of self-managed stack sets, vendors with
  and without external id: `assume-role`
- Roles of CloudFormation stacks, AWS Batch, SageMaker and the like: `existing-compute` and `workload-role`
- Layers, shared machine images, artifact buckets of pipelines: `supply-use`; pushing container images:
  `supply-push`
- Service accounts of EKS by Pod Identity: `workload-role` of the cluster
- Snapshots of databases that are shared: `snapshot-share`; observability links: `logs-oam`; parameters, Kafka
  clusters and S3 Tables: `data-store-policy`

## Not followed

PrivateLink, VPC Lattice, API Gateway and load balancers as ways to a host; shares by RAM but for what is in the
lists above; shared directories and DNS; endpoint policies as a way out; Service Catalog portfolios, CodeArtifact
and shared documents of Systems Manager as supply; subscriptions of log destinations; permissions in the policy
of a function; parameters shared by RAM, Lake Formation, data shares of Redshift and the policy of the Glue
catalog; who connects to a database by a user of its own. Credentials that lie in secrets, parameters, the code
and environment of functions, user data or state files: the data is a fact where there is a document of what
holds it, what its contents open is not known, because a scan does not read them. Access control lists of buckets
and objects and Access Grants are not taken into account, nor access points of Object Lambda and for several
regions; neither is what a condition on tags lets somebody do who may tag IAM principals.
";

#[test]
fn the_page_is_that_of_the_kinds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("LINKS.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, page()).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page(),
        "LINKS.md differs; write it anew with BLESS=1"
    );
}
