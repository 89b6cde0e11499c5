//! What a principal may do in its own account, under its boundary and the service control policies:
//! the question that all kinds of escalation inside an account ask.

use std::collections::BTreeSet;
use std::rc::Rc;

use blastwall_model::Tags;
use blastwall_policy::{Effect, Keys, Principal, actions};

use super::tags::{TagWriter, Whose};
pub(super) use crate::arns::ANY_NAME;
use crate::arns::instance;
use crate::capability::{Capability, Rewrite, Tagger};
use crate::certainty::Certainty;
use crate::facts::{Attachment, Boundary};
use crate::judge::{Case, Detail, Identity, Judge, Judgement, ResourcePolicy};
use crate::regions::{self, region_of};
use crate::request::{RESOURCE_TAGS, RequestKeys};
use crate::tagging::WritesTags;
use crate::world::{AccountIndex, AccountRow, PrincipalIndex, PrincipalRow, World};

/// A principal, and how its permissions are looked at.
#[derive(Clone)]
pub(super) struct Power<'a, 'w> {
    judge: &'a Judge<'w>,
    pub(super) row: &'w PrincipalRow,
    pub(super) account: &'w AccountRow,
    pub(super) identity: Identity<'w>,
    pub(super) boundary: Option<&'w Attachment>,
    /// Which principal it is, and how its permissions were changed.
    as_what: (PrincipalIndex, Rewrite),
    /// Who writes its tags, and those of what it asks for.
    writers: Rc<[TagWriter<'a, 'w>]>,
    detail: Detail,
}

impl<'a, 'w> Power<'a, 'w> {
    /// The principal with the permissions that it has.
    pub(super) fn of(judge: &'a Judge<'w>, index: PrincipalIndex, detail: Detail) -> Option<Self> {
        let row = judge.world().principal(index)?;
        Some(Self {
            judge,
            row,
            account: judge.world().account(row.account)?,
            identity: Identity::Attached(&row.identity),
            boundary: match &row.boundary {
                Boundary::Policy(from) => Some(from),
                Boundary::None | Boundary::Unknown => None,
            },
            as_what: (index, Rewrite::default()),
            writers: Rc::new([]),
            detail,
        })
    }

    /// The same once its permissions were changed.
    pub(super) fn rewritten(
        judge: &'a Judge<'w>,
        index: PrincipalIndex,
        rewrite: Rewrite,
        detail: Detail,
    ) -> Option<Self> {
        let power = Self::of(judge, index, detail)?;
        let identity = Identity::Rewritten {
            attached: &power.row.identity,
            without: rewrite.without,
            joined: rewrite
                .added
                .map_or(&[][..], |place| power.account.addition(place)),
            anything: rewrite.anything,
        };
        let boundary = power.boundary.filter(|_| !rewrite.unbound);
        let writer = rewrite.tagged.and_then(|tagger| {
            let by = Self::rewritten(judge, tagger.by, tagger.rewrite(), detail)?;
            TagWriter::of_principal(&by, Whose::Caller, power.row)
        });
        Some(Self {
            identity,
            boundary,
            as_what: (index, rewrite),
            writers: writer.into_iter().collect(),
            ..power
        })
    }

    /// Whether it is this principal, in whatever form.
    pub(super) fn is(&self, index: PrincipalIndex) -> bool {
        self.as_what.0 == index
    }

    /// The same as one that writes the tags of another, or its own.
    pub(super) fn tagger(&self) -> Tagger {
        Tagger::new(self.as_what.0, self.as_what.1)
    }

    /// The same asking for a principal of its account, whose tags it writes if it may.
    pub(super) fn asking_for(&self, target: &'w PrincipalRow) -> Self {
        if !self.world().asks_for_tags_of(RESOURCE_TAGS) {
            return self.clone();
        }
        self.with_writer(TagWriter::of_principal(self, Whose::Resource, target))
    }

    /// The same with somebody who writes tags.
    pub(super) fn with_writer(&self, writer: Option<TagWriter<'a, 'w>>) -> Self {
        let writers = match writer {
            Some(writer) => self.writers.iter().cloned().chain([writer]).collect(),
            None => Rc::clone(&self.writers),
        };
        Self {
            writers,
            ..self.clone()
        }
    }

    /// Who writes tags for it.
    pub(super) fn writers(&self) -> Vec<&dyn WritesTags> {
        let writers = self.writers.iter();
        writers.map(|writer| writer as &dyn WritesTags).collect()
    }

    /// What is known of a request that carries no tags.
    pub(super) fn without_request_tags(&self, keys: Keys) -> Keys {
        let asked = self.world().tag_keys.iter();
        asked
            .filter(|key| key.starts_with("aws:requesttag/"))
            .fold(keys, |keys, key| keys.absent(key))
    }

    /// Whoever acts by a capability; none for what is no principal.
    pub(super) fn holding(
        judge: &'a Judge<'w>,
        holder: Capability,
        detail: Detail,
    ) -> Option<Self> {
        match holder {
            Capability::Principal(index) => Self::of(judge, index, detail),
            Capability::Rewritten(index, rewrite) => Self::rewritten(judge, index, rewrite, detail),
            _ => None,
        }
    }

    /// The same with whatever identity policies it takes.
    pub(super) fn with_any_policy(&self) -> Self {
        Self {
            identity: Identity::Anything,
            ..self.clone()
        }
    }

    /// How much of answers is wanted.
    pub(super) fn detail(&self) -> Detail {
        self.detail
    }

    /// The ARN of its permissions boundary.
    pub(super) fn boundary(&self) -> Option<&'w str> {
        self.boundary.map(|from| &*from.origin)
    }

    /// What is known of a request about something in its account.
    pub(super) fn keys(&self) -> Keys {
        self.request().for_account(self.row.account).build()
    }

    /// The same about something with these tags.
    pub(super) fn keys_tagged(&self, tags: Option<&Tags>) -> Keys {
        let request = self.request().tagged(tags);
        request.for_account(self.row.account).build()
    }

    /// The same about something of another account, if that is at hand.
    pub(super) fn keys_in(&self, account: AccountIndex, tags: Option<&Tags>) -> Keys {
        let keys = self.request().tagged(tags).for_account(account).build();
        match self.world().account(account) {
            Some(owner) => keys.fixed("aws:ResourceAccount", [owner.id.as_str()]),
            None => keys,
        }
    }

    /// The same about a user or role of its account.
    pub(super) fn keys_about(&self, target: &PrincipalRow) -> Keys {
        let keys = self.request().for_resource(target).build();
        match &target.boundary {
            Boundary::None => keys.absent("iam:PermissionsBoundary"),
            Boundary::Policy(from) => keys.fixed("iam:PermissionsBoundary", [&*from.origin]),
            Boundary::Unknown => keys,
        }
    }

    /// The same about what has neither tags nor a boundary, such as a group.
    pub(super) fn keys_untagged(&self) -> Keys {
        let keys = self.keys_tagged(Some(&Tags::default()));
        keys.absent("iam:PermissionsBoundary")
    }

    pub(super) fn request(&self) -> RequestKeys<'w> {
        RequestKeys::new(self.world())
            .sent_from_account(self.row.account)
            .sent_by(self.row)
    }

    fn world(&self) -> &'w World {
        self.judge.world()
    }

    /// Whether some policy of the principal mentions the action at all; a quick look that saves the
    /// question.
    pub(super) fn mentions(&self, action: &str) -> bool {
        self.identity.is_open()
            || self.identity.attachments().any(|from| {
                let stored = self.world().policies.get(from.policy);
                stored.is_some_and(|stored| stored.may_allow(action, None))
            })
    }

    /// Whether it may do this to this.
    pub(super) fn may(&self, action: &str, resource: &str, keys: Keys) -> Option<Judgement> {
        if !self.mentions(action) {
            return None;
        }
        self.ask(action, resource, keys, None)
    }

    /// Whether it may do this to something with a policy of its own, which has a say.
    pub(super) fn may_past(
        &self,
        action: &str,
        resource: &str,
        keys: Keys,
        policy: Option<ResourcePolicy<'_>>,
    ) -> Option<Judgement> {
        self.ask(action, resource, keys, policy)
    }

    /// Whether anybody of another organization may do this in its account, once let in.
    pub(super) fn stranger_may_once_let_in(
        &self,
        action: &str,
        resource: &str,
    ) -> Option<Judgement> {
        let stranger = format!(
            "arn:{}:iam::000000000000:role/{ANY_NAME}",
            self.world().partition
        );
        let judgement = self.judge.judge(
            &Case {
                principal: &Principal::parse(&stranger).ok()?,
                role_path: None,
                action,
                resource,
                resource_account: self.account.id.as_str(),
                keys: RequestKeys::new(self.world())
                    .sent_from_outside()
                    .for_account(self.row.account)
                    .build(),
                identity: Identity::Anything,
                boundary: None,
                scps: None,
                rcps: Some(self.account.rcps),
                resource_policy: Some(ResourcePolicy::NotSeen),
                made_by_attacker: true,
            },
            self.detail,
        )?;
        let from = "the attacker comes from an account of its own, outside of the organization";
        Some(judgement.also(from))
    }

    /// The same to something whose own policy lets everybody in.
    pub(super) fn may_once_let_in(
        &self,
        action: &str,
        resource: &str,
        keys: Keys,
    ) -> Option<Judgement> {
        self.ask(action, resource, keys, Some(ResourcePolicy::NotSeen))
    }

    fn ask(
        &self,
        action: &str,
        resource: &str,
        keys: Keys,
        resource_policy: Option<ResourcePolicy<'_>>,
    ) -> Option<Judgement> {
        let keys = match region_of(action, resource, &self.world().partition) {
            Some(region) => keys.fixed("aws:RequestedRegion", [region]),
            None => keys,
        };
        self.judge.judge_tagging(
            &Case {
                principal: self.row.principal.as_ref()?,
                role_path: None,
                action,
                resource,
                resource_account: self.account.id.as_str(),
                keys,
                identity: self.identity,
                boundary: self.boundary,
                scps: Some(self.account.scps),
                // They bind what has a policy of its own.
                rcps: resource_policy.map(|_| self.account.rcps),
                resource_policy,
                made_by_attacker: false,
            },
            &self.writers(),
            self.detail,
        )
    }

    /// Whether it may do this to something of its own choice: of any name, or of one that its policies
    /// name.
    pub(super) fn may_somewhere(&self, action: &str, keys: &Keys) -> Option<Judgement> {
        self.may_all(&[action], keys)
    }

    /// Whether it may do all of these to something of its own choice, wherever it likes. What several of
    /// them are about is one thing, of any name or of one that its policies name.
    pub(super) fn may_all(&self, actions: &[&str], keys: &Keys) -> Option<Judgement> {
        if !actions.iter().all(|action| self.mentions(action)) {
            return None;
        }
        let mut best: Option<Judgement> = None;
        let told_apart: BTreeSet<&str> = self.world().regions().collect();
        let named = self.regions_named(actions);
        let named = named.iter().map(String::as_str);
        let named = named.filter(|region| !told_apart.contains(region));
        for region in self.world().regions().chain(named) {
            let named = actions.iter().flat_map(|action| self.named(action, region));
            let named: BTreeSet<String> = named.collect();
            let names = std::iter::once(None).chain(named.iter().map(|name| Some(name.as_str())));
            for name in names {
                let all = actions
                    .iter()
                    .try_fold(Judgement::default(), |all, action| {
                        Some(all.and(self.may_there(action, name, region, keys)?))
                    });
                best = better(best, all);
                if is_certain(best.as_ref()) {
                    return best;
                }
            }
        }
        best
    }

    /// The same for one action: to `name` if the action is about things of its type, to anything else of
    /// any name. Every type that a request must name has to be allowed. Source: Service Authorization
    /// Reference, "Actions table", required resource types.
    fn may_there(
        &self,
        action: &str,
        name: Option<&str>,
        region: &str,
        keys: &Keys,
    ) -> Option<Judgement> {
        let keys = keys.clone().fixed("aws:RequestedRegion", [region]);
        let types: Vec<(&str, bool)> = actions::find(action)
            .into_iter()
            .flat_map(actions::Action::resource_types)
            .map(|(kind, required)| (kind.arn, required))
            .collect();
        if types.is_empty() {
            return self.may(action, "*", keys);
        }
        let of_type = |template: &str| {
            if let Some(name) = name.filter(|name| self.fits(template, name)) {
                return self.may(action, name, keys.clone());
            }
            let any = self.instance(template, region);
            let named = name
                .map(|_| self.named(action, region))
                .into_iter()
                .flatten();
            let named = named.filter(|name| self.fits(template, name));
            std::iter::once(any)
                .chain(named)
                .map(|resource| self.may(action, &resource, keys.clone()))
                .fold(None, better)
        };
        let required: Vec<&str> = types
            .iter()
            .filter(|(_, required)| *required)
            .map(|(template, _)| *template)
            .collect();
        if required.is_empty() {
            let any_of = types.iter().map(|(template, _)| of_type(template));
            return any_of.fold(None, better);
        }
        required
            .into_iter()
            .try_fold(Judgement::default(), |all, template| {
                Some(all.and(of_type(template)?))
            })
    }

    /// A resource of a type, of a name that nobody would scope a policy to.
    fn instance(&self, template: &str, region: &str) -> String {
        let partition = &self.world().partition;
        instance(template, partition, region, self.account.id.as_str())
    }

    /// Whether a resource is one of a type, in its own account.
    fn fits(&self, template: &str, resource: &str) -> bool {
        let (kinds, parts): (Vec<&str>, Vec<&str>) = (
            template.splitn(6, ':').collect(),
            resource.splitn(6, ':').collect(),
        );
        let ([_, _, service, _, owner, kind], [_, _, of, _, account, name]) =
            (kinds.as_slice(), parts.as_slice())
        else {
            return false;
        };
        let prefix = kind.split("${").next().unwrap_or_default();
        let own = owner.is_empty() || *account == self.account.id.as_str();
        service == of && own && name.starts_with(prefix)
    }

    /// The same for what its own policies ask a condition key for.
    pub(super) fn named_in(&self, action: &str, key: &str) -> BTreeSet<String> {
        let own = self.identity.attachments();
        let stored = own.filter_map(|from| self.world().policies.get(from.policy));
        stored
            .flat_map(|stored| &stored.policy.statements)
            .filter(|statement| statement.actions.covers(action))
            .flat_map(|statement| &statement.conditions)
            .filter(|condition| &*condition.key == key)
            .flat_map(|condition| &condition.values)
            .filter_map(|value| self.fitting(value.as_str(), ""))
            .collect()
    }

    /// Resources that fit what policies name for an action: those that its own allow, and those that a
    /// denial leaves out.
    pub(super) fn named(&self, action: &str, region: &str) -> BTreeSet<String> {
        let scps = self.world().levels(self.account.scps).iter().flatten();
        let bounds = scps.chain(self.boundary);
        let own = self.identity.attachments();
        let stored = own
            .chain(bounds)
            .filter_map(|from| self.world().policies.get(from.policy));
        stored
            .flat_map(|stored| &stored.policy.statements)
            .filter(|statement| statement.actions.covers(action))
            .filter_map(|statement| {
                let clause = statement.resources.as_ref()?;
                let names = clause.negated == (statement.effect == Effect::Deny);
                names.then_some(clause)
            })
            .flat_map(|clause| &clause.patterns)
            .filter_map(|pattern| self.fitting(pattern.as_str(), region))
            .collect()
    }

    /// The regions that its own policies let it act in by the resources that they name for these actions.
    fn regions_named(&self, actions: &[&str]) -> BTreeSet<String> {
        let own = self.identity.attachments();
        let stored = own.filter_map(|from| self.world().policies.get(from.policy));
        let patterns = stored
            .flat_map(|stored| &stored.policy.statements)
            .filter(|statement| {
                statement.effect == Effect::Allow
                    && actions
                        .iter()
                        .any(|action| statement.actions.covers(action))
            })
            .filter_map(|statement| statement.resources.as_ref())
            .filter(|clause| !clause.negated)
            .flat_map(|clause| &clause.patterns);
        let regions = patterns.filter_map(|pattern| pattern.as_str().split(':').nth(3));
        regions
            .filter_map(regions::fitting)
            .map(str::to_owned)
            .collect()
    }

    /// A resource of its account, or of none, that a pattern covers.
    fn fitting(&self, pattern: &str, region: &str) -> Option<String> {
        let parts: Vec<&str> = pattern.splitn(6, ':').collect();
        let [arn, partition, service, place, account, name] = parts.as_slice() else {
            return None;
        };
        if pattern.contains("${") {
            return None;
        }
        let or = |part: &str, other: &str| {
            let wild = part.contains(['*', '?']);
            if wild {
                other.to_owned()
            } else {
                part.to_owned()
            }
        };
        let partition = or(partition, &self.world().partition);
        let (place, account) = (or(place, region), or(account, self.account.id.as_str()));
        let name = name.replace(['*', '?'], "x");
        let own = account.is_empty() || account == self.account.id.as_str();
        own.then(|| format!("{arn}:{partition}:{service}:{place}:{account}:{name}"))
    }

    /// Adds what of its policies was not seen.
    pub(super) fn complete(&self, judgement: Judgement) -> Judgement {
        judgement
            .hanging_on(Certainty::Conditional, &self.row.gaps)
            .hanging_on(Certainty::Conditional, &self.account.scp_gaps)
    }
}

/// The surer of two.
pub(super) fn better(one: Option<Judgement>, other: Option<Judgement>) -> Option<Judgement> {
    match (one, other) {
        (Some(one), Some(other)) if other.certainty < one.certainty => Some(other),
        (None, other) => other,
        (one, _) => one,
    }
}

pub(super) fn is_certain(judgement: Option<&Judgement>) -> bool {
    judgement.is_some_and(|judgement| judgement.certainty == Certainty::Certain)
}
