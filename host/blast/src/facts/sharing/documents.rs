//! Documents of Systems Manager, and what runs them: associations of State Manager and tasks of maintenance
//! windows.
//!
//! Sources: Systems Manager User Guide, "Sharing SSM documents", "Understanding targets and rate controls in
//! State Manager associations" and "Maintenance Windows"; API reference, "CreateAssociation".

use std::collections::BTreeMap;
use std::sync::Arc;

use blastwall_model::Document;
use serde_json::Value;

use super::{Read, last, list, of, text, texts};

pub(crate) const DOCUMENT: &str = "AWS::SSM::Document";
const ASSOCIATION: &str = "AWS::SSM::Association";
const TASK: &str = "AWS::SSM::MaintenanceWindowTask";
const WINDOW_TARGET: &str = "AWS::SSM::MaintenanceWindowTarget";
const INSTANCE: &str = "AWS::EC2::Instance";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[DOCUMENT, ASSOCIATION, TASK, WINDOW_TARGET, INSTANCE];

/// What documents of instances tell that matters here: associations, and the directory that they are in where
/// that is known.
const OF_INSTANCES: [&str; 3] = ["SsmAssociations", "DirectoryId", "DirectoryName"];

/// The document of AWS that joins hosts to a directory.
pub(crate) const JOIN: &str = "AWS-JoinDirectoryServiceDomain";

/// Whether a document has to be looked into: of instances few say what they are associated with, and there are
/// many.
pub(super) fn tells(document: &Document) -> bool {
    document.kind != INSTANCE
        || OF_INSTANCES
            .iter()
            .any(|name| document.json().contains(name))
}

/// A document of commands or steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocumentFacts {
    /// The accounts that it is shared with, or `all`; none if that was not told.
    pub(crate) shared_with: Option<Vec<String>>,
    /// The ids of directories that it joins hosts to.
    pub(crate) joins: Vec<String>,
}

/// Which version of a document is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// The one that its owner says, which is what is run unless told otherwise.
    Default,
    /// The newest.
    Latest,
    /// This one, which nobody changes.
    Fixed(String),
}

/// What a document is run on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// These instances, by id.
    Instances(Vec<String>),
    /// Every managed instance.
    All,
    /// What has the tag, with one of these values.
    Tag(String, Vec<String>),
    /// What has the tag, of whatever value.
    TagKey(String),
    /// Something that is not known here, in words.
    Unknown(String),
}

/// Something that runs a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Association {
    /// The account that it is in.
    pub(crate) account: String,
    pub(crate) region: Arc<str>,
    /// Its ARN, or that of the instance that it is told with.
    pub(crate) told: String,
    /// The ARN of the document; of one that AWS makes, its name.
    pub(crate) document: String,
    pub(crate) version: Version,
    /// All must fit.
    pub(crate) targets: Vec<Target>,
    pub(crate) parameters: BTreeMap<String, Vec<String>>,
}

/// Documents by ARN, and what runs them.
#[derive(Clone, Debug, Default)]
pub(crate) struct DocumentsFacts {
    pub(crate) documents: BTreeMap<String, DocumentFacts>,
    pub(crate) associations: Vec<Association>,
}

impl DocumentsFacts {
    pub(super) fn read(read: &[Read<'_>]) -> Self {
        let documents = of(read, DOCUMENT).map(|(document, value)| {
            let facts = DocumentFacts {
                shared_with: shared_with(value),
                joins: joins(value),
            };
            (document.arn.to_string(), facts)
        });
        let windows: BTreeMap<&str, Vec<Target>> = of(read, WINDOW_TARGET)
            .map(|(document, value)| {
                let targets = list(value.pointer("/config/Targets"));
                (last(document.arn.as_str()), targets.map(target).collect())
            })
            .collect();
        let associations = of(read, ASSOCIATION)
            .filter_map(association)
            .chain(of(read, TASK).filter_map(|read| task(read, &windows)))
            .chain(of(read, INSTANCE).flat_map(of_instance))
            .map(Association::looked_through);
        Self {
            documents: documents.collect(),
            associations: associations.collect(),
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.documents.extend(other.documents);
        self.associations.extend(other.associations);
    }

    /// The accounts whose documents are run.
    pub(super) fn owners(&self) -> impl Iterator<Item = &str> {
        self.associations.iter().filter_map(Association::owner)
    }
}

impl Association {
    /// The same for the document that one of AWS only hands on. Source: Systems Manager User Guide, "Running
    /// documents from remote locations".
    fn looked_through(self) -> Self {
        let parameter = |name: &str| self.parameters.get(name)?.first();
        let inner = parameter("sourceInfo")
            .filter(|_| self.document == "AWS-RunDocument")
            .and_then(|info| serde_json::from_str::<Value>(info).ok());
        let name = inner.as_ref().and_then(|info| info.get("name")?.as_str());
        // name:version
        let arn = name.filter(|name| name.starts_with("arn:"));
        let Some(arn) = arn.map(|arn| arn.splitn(7, ':').collect::<Vec<_>>()) else {
            return self;
        };
        let version = match arn.get(6) {
            Some(version) if !version.starts_with('$') => Version::Fixed((*version).to_owned()),
            _ => Version::Default,
        };
        let document = arn.into_iter().take(6).collect::<Vec<_>>().join(":");
        Self {
            document,
            version,
            ..self
        }
    }

    /// The account that owns the document; none if AWS does.
    pub(crate) fn owner(&self) -> Option<&str> {
        self.document
            .split(':')
            .nth(4)
            .filter(|owner| !owner.is_empty())
    }

    /// The name of the document.
    pub(crate) fn name(&self) -> &str {
        last(&self.document)
    }

    fn new(read: &Read<'_>, name: &str, version: Option<&str>) -> Self {
        let (document, _) = read;
        Self {
            account: document.account.to_string(),
            region: Arc::clone(&document.region),
            told: document.arn.to_string(),
            document: named(read, name),
            version: match version {
                None | Some("" | "$DEFAULT") => Version::Default,
                Some("$LATEST") => Version::Latest,
                Some(number) => Version::Fixed(number.to_owned()),
            },
            targets: Vec::new(),
            parameters: BTreeMap::new(),
        }
    }
}

/// The ARN of a document that is named by its ARN or, if it is of the account itself or of AWS, by its name.
/// Names of AWS's own begin in ways that nobody else's may. Source: API reference, "CreateDocument", `Name`.
fn named((document, _): &Read<'_>, name: &str) -> String {
    let reserved = ["aws", "amazon", "amzn"];
    let own = name.to_ascii_lowercase();
    if name.starts_with("arn:") || reserved.iter().any(|prefix| own.starts_with(prefix)) {
        return name.to_owned();
    }
    let (partition, region) = (document.arn.partition(), &document.region);
    format!(
        "arn:{partition}:ssm:{region}:{}:document/{name}",
        document.account
    )
}

/// Whom a document is shared with, as DescribeDocumentPermission tells it.
fn shared_with(value: &Value) -> Option<Vec<String>> {
    let places = [
        "/observed/AccountIds",
        "/observed/Permissions/AccountIds",
        "/observed/DocumentPermission/AccountIds",
    ];
    let ids = places.iter().find_map(|place| value.pointer(place));
    if ids.is_some() {
        return Some(texts(ids));
    }
    let infos = value.pointer("/observed/AccountSharingInfoList")?;
    Some(
        list(Some(infos))
            .filter_map(|info| Some(info.get("AccountId")?.as_str()?.to_owned()))
            .collect(),
    )
}

/// The ids of directories in what a document does, if that joins hosts to a domain.
fn joins(value: &Value) -> Vec<String> {
    let content = value.pointer("/config/Content").map(Value::to_string);
    let content = content.unwrap_or_default();
    if !content.contains("aws:domainJoin") {
        return Vec::new();
    }
    let words = content.split(|mark: char| !(mark.is_ascii_alphanumeric() || mark == '-'));
    let ids = words.filter(|word| word.starts_with("d-") && word.len() == 12);
    ids.map(str::to_owned).collect()
}

fn target(value: &Value) -> Target {
    let key = value.get("Key").and_then(Value::as_str).unwrap_or_default();
    let values = texts(value.get("Values"));
    let any = values.iter().any(|value| value == "*");
    match key.to_ascii_lowercase().as_str() {
        "instanceids" if any => Target::All,
        "instanceids" => Target::Instances(values),
        "tag-key" => match values.as_slice() {
            [only] => Target::TagKey(only.clone()),
            _ => Target::Unknown(format!("the instances with a tag of {}", values.join(", "))),
        },
        lower if lower.starts_with("tag:") => {
            let name = key.get(4..).unwrap_or_default();
            Target::Tag(name.to_owned(), values)
        }
        _ => Target::Unknown(format!("{key} {}", values.join(", "))),
    }
}

fn parameters(value: Option<&Value>) -> BTreeMap<String, Vec<String>> {
    let pairs = value.and_then(Value::as_object).into_iter().flatten();
    pairs
        .map(|(name, values)| (name.clone(), texts(Some(values))))
        .collect()
}

fn association(read: &Read<'_>) -> Option<Association> {
    let (_, value) = read;
    let named = Association::new(read, text(value, "/Name")?, text(value, "/DocumentVersion"));
    let one = text(value, "/InstanceId").map(|id| Target::Instances(vec![id.to_owned()]));
    Some(Association {
        targets: list(value.pointer("/config/Targets"))
            .map(target)
            .chain(one)
            .collect(),
        parameters: parameters(value.pointer("/config/Parameters")),
        ..named
    })
}

/// A task of a maintenance window that runs a command or an automation; its targets are its own, or those
/// that are registered with the window.
fn task(read: &Read<'_>, windows: &BTreeMap<&str, Vec<Target>>) -> Option<Association> {
    let (_, value) = read;
    let invocation = match text(value, "/TaskType")? {
        "RUN_COMMAND" => "MaintenanceWindowRunCommandParameters",
        "AUTOMATION" => "MaintenanceWindowAutomationParameters",
        _ => return None,
    };
    let below = |name: &str| format!("/TaskInvocationParameters/{invocation}/{name}");
    let version = text(value, &below("DocumentVersion"));
    let named = Association::new(read, text(value, "/TaskArn")?, version);
    let targets = list(value.pointer("/config/Targets")).flat_map(|one| {
        let key = one.get("Key").and_then(Value::as_str);
        if key != Some("WindowTargetIds") {
            return vec![target(one)];
        }
        let ids = texts(one.get("Values"));
        // Of several targets of a window each is one more, which is not what a list of targets means here.
        match ids.as_slice() {
            [only] if windows.contains_key(only.as_str()) => {
                windows.get(only.as_str()).cloned().unwrap_or_default()
            }
            _ => vec![Target::Unknown(format!(
                "the targets {} of the window",
                ids.join(", ")
            ))],
        }
    });
    Some(Association {
        targets: targets.collect(),
        parameters: parameters(value.pointer(&format!("/config{}", below("Parameters")))),
        ..named
    })
}

/// What an instance is associated with by its own document.
fn of_instance<'r>(read: &'r Read<'_>) -> impl Iterator<Item = Association> + use<'r> {
    let (document, value) = read;
    let own = Target::Instances(vec![last(document.arn.as_str()).to_owned()]);
    let joined = [
        ("DirectoryId", "directoryId"),
        ("DirectoryName", "directoryName"),
    ];
    let joined: BTreeMap<String, Vec<String>> = joined
        .into_iter()
        .filter_map(|(told, name)| {
            let told = value.pointer(&format!("/observed/{told}"))?.as_str()?;
            Some((name.to_owned(), vec![told.to_owned()]))
        })
        .collect();
    let joined = (!joined.is_empty()).then(|| Association {
        targets: vec![own],
        parameters: joined,
        ..Association::new(read, JOIN, None)
    });
    let associations = list(value.pointer("/config/SsmAssociations"));
    let associations = associations.filter_map(move |one| {
        let name = one.get("DocumentName")?.as_str()?;
        let parameters = list(one.get("AssociationParameters")).filter_map(|pair| {
            let name = pair.get("Key")?.as_str()?.to_owned();
            Some((name, texts(pair.get("Value"))))
        });
        Some(Association {
            targets: vec![Target::Instances(vec![
                last(document.arn.as_str()).to_owned(),
            ])],
            parameters: parameters.collect(),
            ..Association::new(read, name, None)
        })
    });
    associations.chain(joined)
}
