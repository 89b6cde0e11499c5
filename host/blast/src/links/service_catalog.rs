//! Whoever changes a product of Service Catalog acts as its launch role once somebody provisions it; whoever
//! provisions acts as the role within what the template does.

use std::collections::{BTreeMap, BTreeSet};

use blastwall_policy::{Pattern, Principal};

use super::access::Gate;
use super::outside_caller::OutsideCaller;
use super::power::{Power, better};
use super::{Deriver, LinkDocumentation, LinkKind, changers};
use crate::capability::Capability;
use crate::certainty::Certainty;
use crate::facts::sharing::{CatalogFacts, LaunchRole};
use crate::judge::{Detail, Judge, Judgement};
use crate::request::RequestKeys;
use crate::world::{ASSUME_ROLE, AccountIndex, PrincipalIndex, StoreIndex, World};

pub(super) struct ServiceCatalog;

const DOCUMENTATION: LinkDocumentation = LinkDocumentation {
    id: "service-catalog",
    name: "Products of Service Catalog",
    family: "supply",
    source: "principal that may add a version to the product (servicecatalog:CreateProvisioningArtifact), or the \
        whole account that owns it; principal of a portfolio that may provision it \
        (servicecatalog:ProvisionProduct)",
    target: "the launch role of the product, in the accounts that its portfolio is shared with too; without one, \
        those who provision",
    precondition: "the trust policy of the launch role lets Service Catalog in. Of whoever changes the product, \
        somebody provisions the new version: conditional; without a launch role the template is made by the \
        permissions of whoever provisions: speculative. Whoever provisions does as the role what the template \
        lets, which is not read: never more than speculative",
    mitigations: "launch roles that may do what the template needs and no more; service control policies on \
        servicecatalog:CreateProvisioningArtifact; portfolios of one environment",
    references: &[
        "https://docs.aws.amazon.com/servicecatalog/latest/adminguide/constraints-launch.html",
        "https://docs.aws.amazon.com/servicecatalog/latest/adminguide/catalogs_portfolios_sharing.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-servicecatalog-launchroleconstraint.html",
    ],
};

const CHANGE: &str = "servicecatalog:CreateProvisioningArtifact";
const PROVISION: &str = "servicecatalog:ProvisionProduct";
const SERVICE: &str = "servicecatalog.amazonaws.com";

/// A product at hand.
struct Product<'w> {
    id: &'w str,
    store: StoreIndex,
    owner: AccountIndex,
    /// How requests name it. Source: Service Authorization Reference, "AWS Service Catalog".
    arn: String,
}

fn products(world: &World) -> impl Iterator<Item = Product<'_>> {
    let products = world.sharing.catalog.products.iter();
    products.filter_map(|(id, arn)| {
        let store = world.find_store(arn)?;
        let row = world.store(store)?;
        let owner = world.account(row.account)?;
        let (partition, region) = (row.arn.partition(), &row.region);
        Some(Product {
            id,
            store,
            owner: row.account,
            arn: format!("arn:{partition}:catalog:{region}:{}:product/{id}", owner.id),
        })
    })
}

fn gates<'w>(world: &'w World, product: &Product<'_>) -> Vec<Gate<'w>> {
    let supply = Capability::Supply(product.store);
    let gate = Gate::to_change(world, product.store, &[CHANGE], product.arn.clone(), supply);
    gate.into_iter().collect()
}

/// The accounts in which the products of a portfolio are provisioned: that of whoever says so, and those that it
/// is shared with, by unit or organization too.
fn sharers(world: &World, portfolio: &str, own: &str) -> BTreeSet<AccountIndex> {
    let shares = world.sharing.catalog.shares.get(portfolio);
    let mut accounts: BTreeSet<AccountIndex> = world.find_account(own).into_iter().collect();
    let Some(shares) = shares else {
        return accounts;
    };
    accounts.extend(shares.iter().filter_map(|id| world.find_account(id)));
    if shares
        .iter()
        .any(|id| !id.starts_with(|mark: char| mark.is_ascii_digit()))
    {
        accounts.extend(world.account_indices().filter(|index| {
            let row = world.account(*index);
            let path = row.and_then(|row| row.organization_path.as_deref());
            let mut places = path.unwrap_or_default().split('/');
            places.any(|place| !place.is_empty() && shares.contains(place))
        }));
    }
    accounts
}

/// The roles that one launch constraint means.
fn roles(world: &World, launch: &LaunchRole) -> Vec<PrincipalIndex> {
    if launch.role.starts_with("arn:") {
        return world.find_principal(&launch.role).into_iter().collect();
    }
    sharers(world, &launch.portfolio, &launch.account)
        .into_iter()
        .filter_map(|account| world.find_role_by_name(account, &launch.role))
        .collect()
}

/// Whether Service Catalog gets into a role.
fn enters(judge: &Judge<'_>, role: PrincipalIndex, detail: Detail) -> Option<Judgement> {
    let world = judge.world();
    let row = world.principal(role)?;
    let caller = OutsideCaller {
        principal: &Principal::parse(SERVICE).ok()?,
        action: ASSUME_ROLE,
        made_by_attacker: false,
    };
    let keys = RequestKeys::new(world).for_resource(row).build();
    caller.enters(judge, role, keys, detail)
}

/// The launch roles of a product that Service Catalog gets into, with the portfolios that they are for.
fn launch_roles<'w>(
    judge: &Judge<'w>,
    product: &str,
    detail: Detail,
) -> Vec<(PrincipalIndex, &'w LaunchRole, Judgement)> {
    let world = judge.world();
    let launches = world.sharing.catalog.launches.get(product);
    let launches = launches.into_iter().flatten();
    launches
        .flat_map(|launch| {
            roles(world, launch)
                .into_iter()
                .map(move |role| (role, launch))
        })
        .filter_map(|(role, launch)| Some((role, launch, enters(judge, role, detail)?)))
        .collect()
}

/// The principals that a portfolio is open to: those named, and those that a pattern without an account means,
/// in every account that has the portfolio. Source: Service Catalog Administrator Guide, "Sharing principal
/// names".
fn provisioners(world: &World, portfolio: &str) -> BTreeSet<PrincipalIndex> {
    let mut found = BTreeSet::new();
    let facts = world.sharing.catalog.provisioners.get(portfolio);
    for facts in facts.into_iter().flatten() {
        if let Some(principal) = world.find_principal(&facts.principal) {
            found.insert(principal);
            continue;
        }
        // arn:aws:iam:::role/path/name*
        let Some((_, name)) = facts.principal.split_once(":iam::") else {
            continue;
        };
        let Some((account, name)) = name.split_once(':') else {
            continue;
        };
        let accounts = match account {
            "" => sharers(world, portfolio, &facts.account),
            id => world.find_account(id).into_iter().collect(),
        };
        let pattern = Pattern::glob(name);
        let all = accounts
            .into_iter()
            .flat_map(|one| world.principals_of(one));
        found.extend(all.filter(|index| {
            let row = world.principal(*index);
            row.is_some_and(|row| pattern.matches(row.arn.resource()))
        }));
    }
    found
}

/// The same by their accounts.
struct Provisioners(BTreeMap<AccountIndex, Vec<PrincipalIndex>>);

impl Provisioners {
    fn of(world: &World, portfolio: &str) -> Self {
        let mut by_account: BTreeMap<AccountIndex, Vec<PrincipalIndex>> = BTreeMap::new();
        for index in provisioners(world, portfolio) {
            if let Some(row) = world.principal(index) {
                by_account.entry(row.account).or_default().push(index);
            }
        }
        Self(by_account)
    }

    /// Those whose provisioning acts as the role: of its account alone, if the constraint names it by its name.
    fn of_role<'p>(
        &'p self,
        world: &World,
        launch: &LaunchRole,
        role: PrincipalIndex,
    ) -> impl Iterator<Item = PrincipalIndex> + use<'p> {
        let account = world.principal(role).map(|row| row.account);
        let named = launch.role.starts_with("arn:");
        let all = self.0.iter();
        all.filter(move |(own, _)| named || Some(**own) == account)
            .flat_map(|(_, principals)| principals.iter().copied())
    }
}

/// Why whoever changes a product has a role.
fn provisioned(entered: Judgement) -> Judgement {
    let new =
        "somebody provisions the product, or updates what is provisioned, with the new version";
    entered.hanging_on(Certainty::Conditional, &[new.to_owned()])
}

/// The same for the one who provisions, by whose permissions the template is made.
fn by_hand() -> Judgement {
    let own =
        "the principal provisions the new version of the product, which is made by its permissions";
    Judgement::default().hanging_on(Certainty::Speculative, &[own.to_owned()])
}

/// What whoever changes a product gains.
fn gained(
    judge: &Judge<'_>,
    product: &Product<'_>,
    detail: Detail,
) -> BTreeMap<PrincipalIndex, Judgement> {
    let world = judge.world();
    let catalog: &CatalogFacts = &world.sharing.catalog;
    let mut gained: BTreeMap<PrincipalIndex, Judgement> = BTreeMap::new();
    let mut add = |role: PrincipalIndex, judgement: Judgement| {
        let best = better(gained.remove(&role), Some(judgement));
        gained.extend(best.map(|best| (role, best)));
    };
    for (role, _, entered) in launch_roles(judge, product.id, detail) {
        add(role, provisioned(entered));
    }
    let launches = catalog.launches.get(product.id);
    let launched: BTreeSet<&str> = launches
        .into_iter()
        .flatten()
        .map(|launch| launch.portfolio.as_str())
        .collect();
    let portfolios = catalog.portfolios.get(product.id).into_iter().flatten();
    for portfolio in portfolios.filter(|one| !launched.contains(one.as_str())) {
        for principal in provisioners(world, portfolio) {
            add(principal, by_hand());
        }
    }
    gained
}

/// Whether a principal that a portfolio is open to provisions the product.
fn provisions(
    power: &Power<'_, '_>,
    product: &Product<'_>,
    entered: Judgement,
) -> Option<Judgement> {
    let keys = power.keys_in(product.owner, None);
    let may = power.may(PROVISION, &product.arn, keys)?;
    let lets = format!(
        "the template of {} lets whoever provisions it do that as the role",
        product.id
    );
    let judgement = may.and(entered).hanging_on(Certainty::Speculative, &[lets]);
    Some(power.complete(judgement))
}

impl LinkKind for ServiceCatalog {
    fn documentation(&'static self) -> &'static LinkDocumentation {
        &DOCUMENTATION
    }

    fn actions(&self) -> Vec<&'static str> {
        vec![CHANGE, PROVISION]
    }

    fn derive(&self, judge: &Judge<'_>, rules: &mut Deriver<'_>) {
        let world = judge.world();
        for product in products(world) {
            changers::add(judge, rules, product.store, &gates(world, &product));
            for (role, judgement) in gained(judge, &product, Detail::Certainty) {
                rules.add(
                    judgement.certainty,
                    &[Capability::Supply(product.store)],
                    Capability::Principal(role),
                );
            }
            let mut open: BTreeMap<&str, Provisioners> = BTreeMap::new();
            for (role, launch, entered) in launch_roles(judge, product.id, Detail::Certainty) {
                let open = open
                    .entry(&launch.portfolio)
                    .or_insert_with(|| Provisioners::of(world, &launch.portfolio));
                for principal in open.of_role(world, launch, role) {
                    let power = rules.unspent(judge, principal, &[PROVISION]);
                    let judgement =
                        power.and_then(|power| provisions(&power, &product, entered.clone()));
                    if let Some(judgement) = judgement.filter(|_| principal != role) {
                        rules.add(
                            judgement.certainty,
                            &[Capability::Principal(principal)],
                            Capability::Principal(role),
                        );
                    }
                }
            }
        }
    }

    fn explain(
        &self,
        judge: &Judge<'_>,
        premises: &[Capability],
        conclusion: Capability,
    ) -> Option<Judgement> {
        let world = judge.world();
        let of = |store: StoreIndex| products(world).find(|product| product.store == store);
        match (premises, conclusion) {
            (_, Capability::Supply(store)) => {
                changers::explain(judge, premises, store, &gates(world, &of(store)?))
            }
            ([Capability::Supply(store)], Capability::Principal(role)) => {
                gained(judge, &of(*store)?, Detail::Full).remove(&role)
            }
            ([Capability::Principal(principal)], Capability::Principal(role)) => {
                let power = Power::of(judge, *principal, Detail::Full)?;
                products(world)
                    .flat_map(|product| {
                        let launches = launch_roles(judge, product.id, Detail::Full).into_iter();
                        let launches = launches.filter(|(one, launch, _)| {
                            *one == role
                                && Provisioners::of(world, &launch.portfolio)
                                    .of_role(world, launch, role)
                                    .any(|open| open == *principal)
                        });
                        let ways =
                            launches.map(|(_, _, entered)| provisions(&power, &product, entered));
                        ways.collect::<Vec<_>>()
                    })
                    .fold(None, better)
            }
            _ => None,
        }
    }
}
