//! The macros behind blastwall-sdk, which re-exports and documents them for authors.
//!
//! Each macro is a pure function from tokens to tokens in its own file, so that its error
//! messages are tested without a compiler. What they generate is the plain implementation of a
//! trait of the SDK and names nothing but `::blastwall_sdk`; all logic is there.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod check;
mod documentation;
mod parameters;

use proc_macro::TokenStream;

/// Makes a check of a function.
///
/// See the documentation of `blastwall_sdk`.
#[proc_macro_attribute]
pub fn check(attribute: TokenStream, item: TokenStream) -> TokenStream {
    check::expand(attribute.into(), item.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// Makes the settings of a check of a struct.
///
/// See the documentation of `blastwall_sdk`.
#[proc_macro_derive(Parameters, attributes(parameter))]
pub fn parameters(item: TokenStream) -> TokenStream {
    parameters::expand(item.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
