//! Checks: the typed trait that `#[check]` implements, and its form without types that a plugin
//! keeps in a list.

use std::any::Any;

use blastwall_model::{
    Arn, Category, CheckInfo, Control, IdError, Kind, Parameter, Resource, Scope, Severity, Unknown,
};

use crate::context::Context;
use crate::listing::ResourceType;
use crate::outcome::Outcome;
use crate::parameters::{self, Parameters};

/// What a check says about itself in words.
#[derive(Clone, Copy, Debug)]
pub struct Metadata {
    /// Lower-case words joined by hyphens; unique over all plugins.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// What it looks at and why it matters, Markdown.
    pub description: &'static str,
    /// How bad a failed verdict is.
    pub severity: Severity,
    /// Which concern it serves.
    pub category: Category,
    /// Framework and number of each control that it answers.
    pub controls: &'static [(&'static str, &'static str)],
    /// How to repair a failed verdict, Markdown.
    pub remediation: &'static str,
    /// Addresses of further reading.
    pub references: &'static [&'static str],
}

/// One rule. Implemented by [`#[check]`](macro@crate::check).
pub trait Check: 'static {
    /// What it judges: a resource, [`WholeAccount`] or [`WholeOrganization`].
    type Subject: Subject;
    /// Its settings, `()` for none.
    type Parameters: Parameters;
    /// What it says about itself.
    const METADATA: Metadata;
    /// The types that it asks the account or the organization for.
    const READS: &'static [ResourceType];

    /// Gives the verdict.
    ///
    /// # Errors
    /// What the verdict needs and could not be seen.
    fn judge(
        subject: &Self::Subject,
        context: &Context,
        parameters: &Self::Parameters,
    ) -> Result<Outcome, Unknown>;
}

/// What a check can judge.
#[diagnostic::on_unimplemented(
    message = "a check cannot judge `{Self}`",
    label = "this is no resource type",
    note = "it judges a resource type of `blastwall_sdk::model::resources`, such as `&Bucket`, or `&Account` or `&Organization`"
)]
pub trait Subject: Sized + 'static {
    /// Whether that is a resource, the account or the organization.
    const SCOPE: Scope;
    /// The type of the resource; none for the account and the organization.
    const TYPE: Option<ResourceType>;

    /// Visits each subject among the resources of its type.
    fn each(resources: &dyn Any, visit: &mut dyn FnMut(Option<&Arn>, &Self));
}

impl<K: Kind> Subject for Resource<K> {
    const SCOPE: Scope = Scope::Resource;
    const TYPE: Option<ResourceType> = Some(ResourceType::of::<Self>());

    fn each(resources: &dyn Any, visit: &mut dyn FnMut(Option<&Arn>, &Self)) {
        for resource in resources.downcast_ref::<Vec<Self>>().into_iter().flatten() {
            visit(Some(&resource.arn), resource);
        }
    }
}

/// The account, as what a check judges.
#[derive(Clone, Copy, Debug)]
pub struct WholeAccount;

/// The organization, as what a check judges.
#[derive(Clone, Copy, Debug)]
pub struct WholeOrganization;

impl Subject for WholeAccount {
    const SCOPE: Scope = Scope::Account;
    const TYPE: Option<ResourceType> = None;

    fn each(_: &dyn Any, visit: &mut dyn FnMut(Option<&Arn>, &Self)) {
        visit(None, &Self);
    }
}

impl Subject for WholeOrganization {
    const SCOPE: Scope = Scope::Organization;
    const TYPE: Option<ResourceType> = None;

    fn each(_: &dyn Any, visit: &mut dyn FnMut(Option<&Arn>, &Self)) {
        visit(None, &Self);
    }
}

/// A check with its settings, ready to judge.
pub(crate) trait Ready {
    /// Judges every subject among the resources of its type.
    fn judge(
        &self,
        resources: &dyn Any,
        context: &Context,
        report: &mut dyn FnMut(Option<&Arn>, Outcome),
    );
}

struct Prepared<C: Check> {
    parameters: C::Parameters,
}

impl<C: Check> Ready for Prepared<C> {
    fn judge(
        &self,
        resources: &dyn Any,
        context: &Context,
        report: &mut dyn FnMut(Option<&Arn>, Outcome),
    ) {
        C::Subject::each(resources, &mut |arn, subject| {
            report(arn, C::judge(subject, context, &self.parameters).into());
        });
    }
}

/// A check in the list of a plugin.
#[derive(Clone, Copy)]
pub struct Registration {
    pub(crate) metadata: &'static Metadata,
    pub(crate) subject: Option<ResourceType>,
    pub(crate) reads: &'static [ResourceType],
    scope: Scope,
    parameters: fn() -> Vec<Parameter>,
    /// Reads the settings from one JSON object.
    pub(crate) prepare: fn(&str) -> Result<Box<dyn Ready>, String>,
}

impl Registration {
    /// The registration of a check.
    #[must_use]
    pub const fn of<C: Check>() -> Self {
        Self {
            metadata: &C::METADATA,
            subject: C::Subject::TYPE,
            reads: C::READS,
            scope: C::Subject::SCOPE,
            parameters: C::Parameters::describe,
            prepare: |parameters| {
                Ok(Box::new(Prepared::<C> {
                    parameters: parameters::parse(parameters)?,
                }))
            },
        }
    }

    /// Everything the check says about itself.
    ///
    /// # Errors
    /// If the id does not have the form of one; `#[check]` has made sure that it does.
    pub fn info(&self) -> Result<CheckInfo, IdError> {
        let metadata = self.metadata;
        let mut reads: Vec<String> = Vec::new();
        for kind in self.subject.iter().chain(self.reads) {
            if !reads.iter().any(|read| read == kind.name) {
                reads.push(kind.name.to_owned());
            }
        }
        Ok(CheckInfo {
            id: metadata.id.parse()?,
            title: metadata.title.to_owned(),
            description: metadata.description.to_owned(),
            severity: metadata.severity,
            category: metadata.category,
            scope: self.scope,
            reads,
            parameters: (self.parameters)(),
            controls: metadata
                .controls
                .iter()
                .map(|&(framework, id)| Control {
                    framework: framework.to_owned(),
                    id: id.to_owned(),
                })
                .collect(),
            remediation: metadata.remediation.to_owned(),
            references: metadata
                .references
                .iter()
                .map(|&text| text.to_owned())
                .collect(),
        })
    }
}
