//! AWS Account Management: `AWS::Account::Contacts`.

use aws_sdk_account::Client;
use aws_sdk_account::types::AlternateContactType;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::resources::account::AlternateContact;
use blastwall_model::resources::{Contacts, ContactsKind};
use blastwall_model::{GLOBAL, Kind};
use futures::FutureExt;
use futures::future::join_all;

use crate::catalogue::Run;
use crate::context::Context;
use crate::convert::text;
use crate::harvest::{About, Harvest, absent, unknown};
use crate::{Collector, Product};

pub(crate) const COLLECTOR: Collector = Collector {
    service: "account",
    products: &[Product {
        kind: ContactsKind::TYPE,
        calls: &[INFORMATION, ALTERNATE],
        tags: &[],
    }],
    run: Run::Global(|context| collect(context).boxed()),
};

const INFORMATION: Declaration = call("GetContactInformation", "account:GetContactInformation");
const ALTERNATE: Declaration = call("GetAlternateContact", "account:GetAlternateContact");

const fn call(operation: &'static str, action: &'static str) -> Declaration {
    Declaration {
        service: "Account",
        operation,
        action,
    }
}

/// The answer of an account without that contact.
const NONE: [&str; 1] = ["ResourceNotFoundException"];

/// Each type of alternate contact; an account has at most one of each.
const TYPES: [AlternateContactType; 3] = [
    AlternateContactType::Billing,
    AlternateContactType::Operations,
    AlternateContactType::Security,
];

/// The one document of the account. Telephone numbers and postal addresses are left where they are.
async fn collect(context: &Context<'_>) -> Harvest {
    let mut harvest = Harvest::default();
    let arn = match context.arn("account", "", "contacts") {
        Ok(arn) => arn,
        Err(failure) => return Harvest::failed(&[ContactsKind::TYPE], ALTERNATE, GLOBAL, &failure),
    };
    let account = &client!(aws_sdk_account, context.session, context.global_region());
    let (information, alternate) = futures::join!(
        context
            .session
            .call(account.get_contact_information().send()),
        join_all(TYPES.map(|contact| alternate(context, account, contact))),
    );
    let mut contacts = Contacts::new(arn, context.session.account().clone(), GLOBAL);
    let about = About::resource(&contacts);
    let full_name = absent(information, &NONE).map(|answer| {
        let information = answer.and_then(|answer| answer.contact_information);
        information.and_then(|information| text(Some(information.full_name())))
    });
    contacts.config.full_name = harvest.field(&about, INFORMATION, full_name);
    let alternate: Result<Vec<Option<AlternateContact>>, Failure> = alternate.into_iter().collect();
    contacts.config.alternate_contacts = match alternate {
        Ok(contacts) => contacts.into_iter().flatten().collect::<Vec<_>>().into(),
        Err(failure) => {
            harvest.incomplete(&about, ALTERNATE, &failure);
            unknown(ALTERNATE, &failure)
        }
    };
    harvest.add(&contacts);
    harvest
}

async fn alternate(
    context: &Context<'_>,
    account: &Client,
    contact: AlternateContactType,
) -> Result<Option<AlternateContact>, Failure> {
    let request = account.get_alternate_contact();
    let request = request.alternate_contact_type(contact.clone());
    let answer = absent(context.session.call(request.send()).await, &NONE)?;
    let found = answer.and_then(|answer| answer.alternate_contact);
    Ok(found.map(|found| AlternateContact {
        alternate_contact_type: contact.as_str().to_owned(),
        email_address: text(found.email_address()).unwrap_or_default(),
    }))
}
