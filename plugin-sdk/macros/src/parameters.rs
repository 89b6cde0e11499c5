//! `#[derive(Parameters)]`: from a struct to the settings of a check.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Field, Fields, Result, Token};

use crate::documentation;

/// The JSON after `default =`, as tokens for `json!`.
fn default(field: &Field) -> Result<TokenStream> {
    let mut found = None;
    for attribute in &field.attrs {
        if !attribute.path().is_ident("parameter") {
            continue;
        }
        attribute.parse_args_with(|input: syn::parse::ParseStream<'_>| {
            let name: syn::Ident = input.parse()?;
            if name != "default" {
                return Err(Error::new(
                    name.span(),
                    "the only setting of a parameter is `default`",
                ));
            }
            input.parse::<Token![=]>()?;
            found = Some(input.parse::<TokenStream>()?);
            Ok(())
        })?;
    }
    found.filter(|tokens| !tokens.is_empty()).ok_or_else(|| {
        Error::new_spanned(
            field,
            "a parameter needs a default: `#[parameter(default = 90)]`",
        )
    })
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
        let default = default(field)?;
        described.push(quote! {
            ::blastwall_sdk::Parameter {
                name: ::std::string::String::from(#name),
                description: ::std::string::String::from(#description),
                default: ::blastwall_sdk::json!(#default),
            }
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
                "the only setting",
            ),
        ] {
            let error = expand(item.parse().unwrap()).unwrap_err().to_string();
            assert!(error.contains(expected), "{item}: {error}");
        }
    }
}
