//! AWS Service Catalog: products, the portfolios that they are in, whom those are shared with and who provisions,
//! and the roles that provisioning acts as.
//!
//! Sources: Service Catalog Administrator Guide, "Sharing a portfolio", "Granting access to users" and "Launch
//! constraints".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Read, last, of, text};

const PRODUCT: &str = "AWS::ServiceCatalog::CloudFormationProduct";
const SHARE: &str = "AWS::ServiceCatalog::PortfolioShare";
const PRINCIPAL: &str = "AWS::ServiceCatalog::PortfolioPrincipalAssociation";
const IN_PORTFOLIO: &str = "AWS::ServiceCatalog::PortfolioProductAssociation";
const LAUNCH: &str = "AWS::ServiceCatalog::LaunchRoleConstraint";

/// The types that are read here.
pub(super) const TYPES: &[&str] = &[PRODUCT, SHARE, PRINCIPAL, IN_PORTFOLIO, LAUNCH];

/// The role that provisioning a product acts as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaunchRole {
    /// The account of the constraint.
    pub(crate) account: String,
    pub(crate) portfolio: String,
    /// Its ARN, or its name, which stands for the role of that name in the account that provisions.
    pub(crate) role: String,
}

/// Whom a portfolio is open to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProvisionerFacts {
    /// The account in which it was said.
    pub(crate) account: String,
    /// An ARN, or a pattern of ARNs without an account.
    pub(crate) principal: String,
}

/// What is known of all catalogs, by the ids of products and portfolios.
#[derive(Clone, Debug, Default)]
pub(crate) struct CatalogFacts {
    /// The ARNs of products.
    pub(crate) products: BTreeMap<String, String>,
    /// The portfolios that a product is in.
    pub(crate) portfolios: BTreeMap<String, BTreeSet<String>>,
    /// Whom a portfolio is shared with: accounts, units and organizations by id.
    pub(crate) shares: BTreeMap<String, BTreeSet<String>>,
    pub(crate) provisioners: BTreeMap<String, Vec<ProvisionerFacts>>,
    /// By the product.
    pub(crate) launches: BTreeMap<String, Vec<LaunchRole>>,
}

impl CatalogFacts {
    pub(super) fn read(read: &[Read<'_>]) -> Self {
        let mut facts = Self::default();
        let owned = |text: Option<&str>| text.map(str::to_owned);
        for (document, _) in of(read, PRODUCT) {
            let arn = document.arn.as_str();
            facts.products.insert(last(arn).to_owned(), arn.to_owned());
        }
        for (_, value) in of(read, SHARE) {
            let node = [
                "/OrganizationNode/Value",
                "/OrganizationNode",
                "/OrganizationNodeValue",
            ];
            let nodes = node.iter().find_map(|place| text(value, place));
            let with = text(value, "/AccountId").or(nodes).map(last);
            if let (Some(portfolio), Some(with)) = (text(value, "/PortfolioId"), with) {
                let shares = facts.shares.entry(portfolio.to_owned()).or_default();
                shares.insert(with.to_owned());
            }
        }
        for (document, value) in of(read, PRINCIPAL) {
            if let (Some(portfolio), Some(principal)) = (
                text(value, "/PortfolioId"),
                owned(text(value, "/PrincipalARN")),
            ) {
                let account = document.account.to_string();
                let all = facts.provisioners.entry(portfolio.to_owned()).or_default();
                all.push(ProvisionerFacts { account, principal });
            }
        }
        for (_, value) in of(read, IN_PORTFOLIO) {
            if let (Some(portfolio), Some(product)) = (
                owned(text(value, "/PortfolioId")),
                text(value, "/ProductId"),
            ) {
                let all = facts.portfolios.entry(product.to_owned()).or_default();
                all.insert(portfolio);
            }
        }
        for (document, value) in of(read, LAUNCH) {
            facts.add_launch(document.account.as_str(), value);
        }
        facts
    }

    fn add_launch(&mut self, account: &str, value: &Value) {
        let role = text(value, "/RoleArn").or_else(|| text(value, "/LocalRoleName"));
        let (Some(portfolio), Some(product), Some(role)) =
            (text(value, "/PortfolioId"), text(value, "/ProductId"), role)
        else {
            return;
        };
        // A launch constraint is on a product of the portfolio, so it is in there.
        let portfolios = self.portfolios.entry(product.to_owned()).or_default();
        portfolios.insert(portfolio.to_owned());
        let launches = self.launches.entry(product.to_owned()).or_default();
        launches.push(LaunchRole {
            account: account.to_owned(),
            portfolio: portfolio.to_owned(),
            role: role.to_owned(),
        });
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.products.extend(other.products);
        for (product, portfolios) in other.portfolios {
            self.portfolios
                .entry(product)
                .or_default()
                .extend(portfolios);
        }
        for (portfolio, shares) in other.shares {
            self.shares.entry(portfolio).or_default().extend(shares);
        }
        for (portfolio, all) in other.provisioners {
            self.provisioners.entry(portfolio).or_default().extend(all);
        }
        for (product, all) in other.launches {
            self.launches.entry(product).or_default().extend(all);
        }
    }
}
