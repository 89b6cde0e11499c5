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
- Layers, shared machine images, artifact buckets and sources of pipelines, sources of builds: `supply-use`;
  pushing container images and commits: `supply-push`
- Service accounts of EKS by Pod Identity: `workload-role` of the cluster
- Shares of AWS RAM (`ram-share`): subnets and security groups in `same-vpc`, and in whatever the VPC is joined
  to; transit gateways in `transit-gateway`; private authorities in `private-ca`
- Load balancers, APIs of API Gateway, function URLs, services of App Runner and public endpoints of EKS as ways
  to what is behind them: `internet-workload`
- Snapshots of databases that are shared: `snapshot-share`; observability links: `logs-oam`; parameters, Kafka
  clusters and S3 Tables: `data-store-policy`

## Not followed

The zones of attachments to a transit gateway; replication of container images between registries. CloudFront, Global Accelerator, private APIs,
Gateway Load Balancers and internal load balancers as ways to a host of their own network; APIs that ask for a
signature or have an authorizer; what AWS RAM shares but for the types of `ram-share` and of the networks above
(profiles of Route 53, feature groups of SageMaker and the like), and who may make a share; endpoint
policies: they say what leaves a network, by which nobody gains anything that is in it; certificates that are
issued to whoever answers for the names of a public zone; packages of public registries that CodeArtifact is
connected to; what a template of Service Catalog or a document of Systems Manager does; subscriptions of log
destinations; Lake Formation, data shares of Redshift and the policy of the Glue catalog; who connects to a
database by a user of its own. Credentials that lie in secrets, parameters, state files, the environment of
workloads or user data: that somebody reads them is a fact, what they open is not known, because a scan does not
read them; the code of functions is not looked at. Access control lists of objects and Access Grants are not taken
into account, nor access points of Object Lambda and for several regions; neither is what a condition on tags of
data lets somebody do who may tag the data. Search domains and a few
other types are read from directories and not collected live. Two patterns for one key that have nothing in common
are told as two conditions. A new OIDC provider, a further audience or thumbprint lets in nobody whom the issuer
does not vouch for, and is not followed.
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
