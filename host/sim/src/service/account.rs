//! AWS Account Management: whom AWS writes to.
//!
//! Source: AWS Account Management Reference Guide.

use blastwall_model::resources::account::ContactsConfig;
use serde_json::json;

use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, Target, of_resource};

pub(crate) const OPERATIONS: &[Operation] = &[
    of_resource(
        "GetContactInformation",
        "account:GetContactInformation",
        contacts_target,
        get_contact_information,
    ),
    of_resource(
        "GetAlternateContact",
        "account:GetAlternateContact",
        contacts_target,
        get_alternate_contact,
    ),
];

/// Where the operations are.
pub(crate) const ROUTES: &[(&str, &str, &str)] = &[
    ("POST", "/getContactInformation", "GetContactInformation"),
    ("POST", "/getAlternateContact", "GetAlternateContact"),
];

/// The account itself: documents know no other way to ask, which a management account has.
fn contacts_target(call: &Call<'_>) -> Result<Target, Failure> {
    let contacts = call.account()?.contacts.as_ref();
    Ok(Target {
        arn: Some(call.arn("account", "", "account")?),
        document: contacts.map(|contacts| (contacts.account.clone(), contacts.arn.clone())),
        ..Target::default()
    })
}

fn contacts<'a>(call: &Call<'a>) -> Result<Option<&'a ContactsConfig>, Failure> {
    let contacts = call.account()?.contacts.as_ref();
    Ok(contacts.map(|contacts| &contacts.config))
}

fn not_found(what: &str) -> Failure {
    Failure::new(
        404,
        "ResourceNotFoundException",
        format!("No {what} found for the account."),
    )
}

fn get_contact_information(call: &Call<'_>) -> Result<Answer, Failure> {
    let name = contacts(call)?
        .and_then(|contacts| contacts.full_name.known())
        .ok_or_else(|| not_found("contact information"))?;
    // What a document does not have is made up, as the API knows no contact without it.
    Ok(Answer::Json(json!({ "ContactInformation": {
        "FullName": name, "AddressLine1": "1 Example Street", "City": "Anytown",
        "PostalCode": "00000", "CountryCode": "US", "PhoneNumber": "+10000000000"
    }})))
}

fn get_alternate_contact(call: &Call<'_>) -> Result<Answer, Failure> {
    let asked = call.required("AlternateContactType")?;
    let listed = contacts(call)?.and_then(|contacts| contacts.alternate_contacts.known());
    let contact = listed
        .into_iter()
        .flatten()
        .find(|contact| contact.alternate_contact_type == asked)
        .ok_or_else(|| not_found("contact of the inputted alternate contact type"))?;
    Ok(Answer::Json(json!({ "AlternateContact": {
        "AlternateContactType": asked, "EmailAddress": contact.email_address,
        "Name": "A name", "Title": "A title", "PhoneNumber": "+10000000000"
    }})))
}
