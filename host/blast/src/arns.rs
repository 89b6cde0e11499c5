//! ARNs of things that are not there.

/// A name that stands for every name: nobody scopes a policy to it.
pub(crate) const ANY_NAME: &str = "any-name-at-all";

/// A resource of a type, of a name that nobody would scope a policy to. Types are told by templates as in the Service
/// Authorization Reference: `arn:${Partition}:sqs:${Region}:${Account}:${QueueName}`.
pub(crate) fn instance(template: &str, partition: &str, region: &str, account: &str) -> String {
    let mut resource = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("${") {
        let (placeholder, after) = behind.split_once('}').unwrap_or((behind, ""));
        resource.push_str(before);
        resource.push_str(match placeholder {
            "Partition" => partition,
            "Region" => region,
            "Account" => account,
            _ => ANY_NAME,
        });
        rest = after;
    }
    resource.push_str(rest);
    resource
}
