//! `#[derive(Parameters)]`: from a struct to the settings of a check.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::{Data, DeriveInput, Error, Field, Fields, Result, Token};

use crate::documentation;

/// The settings of one parameter, as tokens for `json!`.
struct Settings {
    default: TokenStream,
    /// Keywords of JSON Schema, an object.
    schema: TokenStream,
}

fn settings(field: &Field) -> Result<Settings> {
    let (mut default, mut schema) = (None, None);
    for attribute in &field.attrs {
        if !attribute.path().is_ident("parameter") {
            continue;
        }
        attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
            while !input.is_empty() {
                let name: syn::Ident = input.parse()?;
                input.parse::<Token![=]>()?;
                let place = match name.to_string().as_str() {
                    "default" => &mut default,
                    "schema" => &mut schema,
                    _ => {
                        return Err(Error::new(
                            name.span(),
                            "the settings of a parameter are `default` and `schema`",
                        ));
                    }
                };
                let mut value = TokenStream::new();
                while !input.is_empty() && !input.peek(Token![,]) {
                    value.extend([input.parse::<TokenTree>()?]);
                }
                if place.replace(value).is_some() {
                    return Err(Error::new(name.span(), format!("`{name}` is there twice")));
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        })?;
    }
    let default = default
        .filter(|tokens: &TokenStream| !tokens.is_empty())
        .ok_or_else(|| {
            Error::new_spanned(
                field,
                "a parameter needs a default: `#[parameter(default = 90)]`",
            )
        })?;
    let schema = schema.unwrap_or_else(|| quote!({}));
    let mut braces = schema.clone().into_iter();
    let object = matches!(
        (braces.next(), braces.next()),
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace
    );
    if !object {
        return Err(Error::new_spanned(
            schema,
            "the schema of a parameter is an object of JSON Schema keywords: `schema = { \"minimum\": 1 }`",
        ));
    }
    Ok(Settings { default, schema })
}

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let input: DeriveInput = syn::parse2(item)?;
    let wrong = || {
        Error::new_spanned(
            &input.ident,
            "parameters are a struct with named fields and without generics",
        )
    };
    let Data::Struct(data) = &input.data else {
        return Err(wrong());
    };
    let Fields::Named(fields) = &data.fields else {
        return Err(wrong());
    };
    if !input.generics.params.is_empty() {
        return Err(wrong());
    }

    let mut described = Vec::new();
    let mut taken = Vec::new();
    for field in &fields.named {
        let ident = field.ident.as_ref().ok_or_else(wrong)?;
        let name = ident.to_string().trim_start_matches("r#").replace('_', "-");
        let description = documentation::text(&field.attrs);
        if description.is_empty() {
            return Err(Error::new_spanned(
                field,
                "a parameter needs a doc comment: what it means, with its unit",
            ));
        }
        let Settings { default, schema } = settings(field)?;
        let kind = &field.ty;
        described.push(quote! {
            ::blastwall_sdk::parameter::<#kind>(
                #name,
                #description,
                ::blastwall_sdk::json!(#default),
                ::blastwall_sdk::json!(#schema),
            )
        });
        taken.push(quote! { #ident: values.take(#name)? });
    }
    let name = &input.ident;
    Ok(quote! {
        impl ::blastwall_sdk::Parameters for #name {
            fn describe() -> ::std::vec::Vec<::blastwall_sdk::Parameter> {
                ::std::vec![#(#described),*]
            }

            fn take(
                values: &mut ::blastwall_sdk::ParameterValues,
            ) -> ::core::result::Result<Self, ::std::string::String> {
                ::core::result::Result::Ok(Self { #(#taken),* })
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_structs_are_explained() {
        for (item, expected) in [
            ("enum P {}", "a struct with named fields"),
            ("struct P(u32);", "a struct with named fields"),
            (
                "struct P { #[parameter(default = 1)] days: u32 }",
                "needs a doc comment",
            ),
            ("struct P { /// Days.\n days: u32 }", "needs a default"),
            (
                "struct P { /// Days.\n #[parameter(min = 1)] days: u32 }",
                "the settings of a parameter are `default` and `schema`",
            ),
            (
                "struct P { /// Days.\n #[parameter(default = 1, schema = 5)] days: u32 }",
                "an object of JSON Schema keywords",
            ),
        ] {
            let error = expand(item.parse().unwrap()).unwrap_err().to_string();
            assert!(error.contains(expected), "{item}: {error}");
        }
    }
}
