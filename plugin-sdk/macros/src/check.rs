//! `#[check(…)]`: from a function to an implementation of `Check`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, FnArg, Ident, ItemFn, LitStr, Path, Result, ReturnType, Token, Type, bracketed};

use crate::documentation;

const SEVERITIES: &[&str] = &["Informational", "Low", "Medium", "High", "Critical"];
const CATEGORIES: &[&str] = &["Security", "FaultTolerance", "Cost", "Performance"];
const SIGNATURE: &str = "a check is a function of `(resource: &T)`, `(account: &Account)` or \
                         `(organization: &Organization)`, followed, in any order, by \
                         `account: &Account` and `organization: &Organization` for what it joins \
                         and by `parameters: &P`, each at most once";

/// What stands in the parentheses of the attribute.
struct Settings {
    id: LitStr,
    severity: Ident,
    category: Ident,
    controls: Vec<LitStr>,
    reads: Vec<Path>,
}

impl Parse for Settings {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let whole = input.span();
        let (mut id, mut severity, mut category) = (None, None, None);
        let (mut controls, mut reads) = (None, None);
        while !input.is_empty() {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            let twice = match name.to_string().as_str() {
                "id" => id.replace(check_id(input.parse()?)?).is_some(),
                "severity" => severity
                    .replace(one_of(input.parse()?, SEVERITIES)?)
                    .is_some(),
                "category" => category
                    .replace(one_of(input.parse()?, CATEGORIES)?)
                    .is_some(),
                "controls" => controls.replace(list::<LitStr>(input)?).is_some(),
                "reads" => reads.replace(list::<Path>(input)?).is_some(),
                other => {
                    return Err(Error::new(
                        name.span(),
                        format!(
                            "`{other}` is no setting of a check: there are `id`, `severity`, `category`, `controls` and `reads`"
                        ),
                    ));
                }
            };
            if twice {
                return Err(Error::new(name.span(), format!("`{name}` is there twice")));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let missing = |name: &str, example: &str| {
            Error::new(whole, format!("a check needs `{name}`: `{example}`"))
        };
        Ok(Self {
            id: id.ok_or_else(|| missing("id", "id = \"s3-bucket-tls\""))?,
            severity: severity.ok_or_else(|| missing("severity", "severity = High"))?,
            category: category.ok_or_else(|| missing("category", "category = Security"))?,
            controls: controls.unwrap_or_default(),
            reads: reads.unwrap_or_default(),
        })
    }
}

fn list<T: Parse>(input: ParseStream<'_>) -> Result<Vec<T>> {
    let content;
    bracketed!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?
        .into_iter()
        .collect())
}

fn one_of(word: Ident, words: &[&str]) -> Result<Ident> {
    if words.iter().any(|known| word == known) {
        return Ok(word);
    }
    let message = format!("`{word}` is none of {}", words.join(", "));
    Err(Error::new(word.span(), message))
}

/// The same rule as `CheckId` of the model has, at compile time.
fn check_id(id: LitStr) -> Result<LitStr> {
    let text = id.value();
    let words = text.split('-').all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    });
    if words && text.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Ok(id);
    }
    Err(Error::new(
        id.span(),
        "the id of a check is lower-case words joined by hyphens, beginning with a letter: `s3-bucket-tls`",
    ))
}

/// What the first argument is.
enum Judged {
    Resource(Box<Type>),
    Account,
    Organization,
}

/// The parts of a function that decide how it is called.
struct Signature {
    /// What is judged.
    subject: Judged,
    /// The type of the parameters; none if it takes none.
    parameters: Option<Type>,
    /// What to pass, in the order of the function.
    arguments: Vec<Ident>,
}

fn signature(function: &ItemFn) -> Result<Signature> {
    let whole = &function.sig;
    if !whole.generics.params.is_empty() || whole.asyncness.is_some() || whole.unsafety.is_some() {
        return Err(Error::new(whole.span(), SIGNATURE));
    }
    let mut subject = None;
    let mut parameters = None;
    let mut arguments: Vec<Ident> = Vec::new();
    for argument in &whole.inputs {
        let wrong = || Error::new(argument.span(), SIGNATURE);
        let FnArg::Typed(typed) = argument else {
            return Err(wrong());
        };
        let Type::Reference(reference) = &*typed.ty else {
            return Err(wrong());
        };
        if reference.mutability.is_some() {
            return Err(wrong());
        }
        let (name, judged) = match last_name(&reference.elem).as_deref() {
            Some("Account") => ("account", Judged::Account),
            Some("Organization") => ("organization", Judged::Organization),
            _ if subject.is_none() => ("subject", Judged::Resource(reference.elem.clone())),
            _ => {
                parameters = Some((*reference.elem).clone());
                ("parameters", Judged::Account)
            }
        };
        subject.get_or_insert(judged);
        let name = format_ident!("{name}");
        if arguments.contains(&name) {
            return Err(wrong());
        }
        arguments.push(name);
    }
    let subject = subject.ok_or_else(|| Error::new(whole.span(), SIGNATURE))?;
    if matches!(subject, Judged::Organization) && arguments.iter().any(|name| name == "account") {
        return Err(Error::new(
            whole.span(),
            "a check of the organization has no account: it asks the organization for what accounts have",
        ));
    }
    let returned = match &whole.output {
        ReturnType::Default => None,
        ReturnType::Type(_, kind) => last_name(kind),
    };
    if returned.is_none_or(|name| !name.ends_with("Result")) {
        return Err(Error::new(
            whole.output.span(),
            "a check returns `Result<Outcome, Unknown>`",
        ));
    }
    Ok(Signature {
        subject,
        parameters,
        arguments,
    })
}

/// A macro sees names, not types: `Account` is the account that is judged.
fn last_name(kind: &Type) -> Option<String> {
    match kind {
        Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
        _ => None,
    }
}

/// Framework and number of each control, `cis-aws-7.0:2.11`.
fn controls(settings: &Settings) -> Result<Vec<(String, String)>> {
    settings
        .controls
        .iter()
        .map(|control| match control.value().split_once(':') {
            Some((framework, id)) if !framework.is_empty() && !id.is_empty() => {
                Ok((framework.to_owned(), id.to_owned()))
            }
            _ => Err(Error::new(
                control.span(),
                "a control is a framework with its version and a number: `cis-aws-7.0:2.11`",
            )),
        })
        .collect()
}

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let function: ItemFn = syn::parse2(item)?;
    let settings: Settings = if attribute.is_empty() {
        return Err(Error::new(
            function.sig.ident.span(),
            "a check needs settings: `#[check(id = \"s3-bucket-tls\", severity = High, category = Security)]`",
        ));
    } else {
        syn::parse2(attribute)?
    };
    let documentation = documentation::parse(&function.attrs, function.sig.ident.span())?;
    let signature = signature(&function)?;
    if !matches!(signature.subject, Judged::Resource(_)) && settings.reads.is_empty() {
        return Err(Error::new(
            function.sig.ident.span(),
            "a check of the account or the organization needs `reads = […]`: the resource types that it looks at",
        ));
    }

    let Settings {
        id,
        severity,
        category,
        reads,
        ..
    } = &settings;
    let (frameworks, numbers): (Vec<_>, Vec<_>) = controls(&settings)?.into_iter().unzip();
    let documentation::Documentation {
        title,
        description,
        remediation,
        references,
    } = documentation;
    let visibility = &function.vis;
    let name = &function.sig.ident;
    let Signature {
        subject,
        parameters,
        arguments,
    } = signature;
    let subject = match subject {
        Judged::Resource(kind) => quote!(#kind),
        Judged::Account => quote!(::blastwall_sdk::WholeAccount),
        Judged::Organization => quote!(::blastwall_sdk::WholeOrganization),
    };
    let joined: TokenStream = arguments
        .iter()
        .filter_map(|name| match name.to_string().as_str() {
            "account" => Some(quote!(let account = context.account()?;)),
            "organization" => Some(quote!(let organization = context.organization();)),
            _ => None,
        })
        .collect();
    let parameters = parameters.map_or_else(|| quote!(()), |parameters| quote!(#parameters));

    // The struct has braces, so it lives among the types and the function of the same name among
    // the values: one name is the check wherever it is imported.
    Ok(quote! {
        #function

        #[doc(hidden)]
        #[allow(non_camel_case_types, reason = "it shares the name of the function")]
        #visibility struct #name {}

        impl ::blastwall_sdk::Check for #name {
            type Subject = #subject;
            type Parameters = #parameters;

            const METADATA: ::blastwall_sdk::Metadata = ::blastwall_sdk::Metadata {
                id: #id,
                title: #title,
                description: #description,
                severity: ::blastwall_sdk::Severity::#severity,
                category: ::blastwall_sdk::Category::#category,
                controls: &[#((#frameworks, #numbers)),*],
                remediation: #remediation,
                references: &[#(#references),*],
            };

            const READS: &'static [::blastwall_sdk::ResourceType] =
                &[#(::blastwall_sdk::ResourceType::of::<#reads>()),*];

            #[allow(unused_variables, reason = "a check takes what it needs")]
            fn judge(
                subject: &Self::Subject,
                context: &::blastwall_sdk::Context,
                parameters: &Self::Parameters,
            ) -> ::core::result::Result<::blastwall_sdk::Outcome, ::blastwall_sdk::Unknown> {
                #joined
                #name(#(#arguments),*)
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTED: &str = "/// Title\n///\n/// Text.\n///\n/// # Remediation\n/// Repair it.\n";

    fn error(attribute: &str, function: &str) -> String {
        let item = format!("{DOCUMENTED}{function}").parse().unwrap();
        expand(attribute.parse().unwrap(), item)
            .expect_err("it must not compile")
            .to_string()
    }

    #[test]
    fn wrong_settings_are_explained() {
        let function = "fn check(bucket: &Bucket) -> Result<Outcome, Unknown> {}";
        for (attribute, expected) in [
            ("", "a check needs settings"),
            ("id = \"a\"", "a check needs `severity`"),
            ("id = \"A\"", "lower-case words joined by hyphens"),
            (
                "id = \"a\", severity = Bad",
                "`Bad` is none of Informational, Low",
            ),
            ("id = \"a\", id = \"b\"", "`id` is there twice"),
            ("name = \"a\"", "`name` is no setting of a check"),
            (
                "id = \"a\", severity = Low, category = Cost, controls = [\"2.1\"]",
                "a control is a framework",
            ),
        ] {
            let message = error(attribute, function);
            assert!(message.contains(expected), "{attribute}: {message}");
        }
    }

    #[test]
    fn wrong_functions_are_explained() {
        let attribute = "id = \"a\", severity = Low, category = Cost";
        for (function, expected) in [
            (
                "fn check() -> Result<Outcome, Unknown> {}",
                "a check is a function of",
            ),
            (
                "fn check(a: Bucket) -> Outcome {}",
                "a check is a function of",
            ),
            (
                "fn check(a: &mut Bucket) -> Outcome {}",
                "a check is a function of",
            ),
            (
                "fn check(a: &A, b: &B, c: &C) -> Outcome {}",
                "a check is a function of",
            ),
            (
                "fn check(a: &A) {}",
                "a check returns `Result<Outcome, Unknown>`",
            ),
            (
                "fn check(account: &Account) -> Result<Outcome, Unknown> {}",
                "needs `reads = […]`",
            ),
        ] {
            let message = error(attribute, function);
            assert!(message.contains(expected), "{function}: {message}");
        }
    }
}
