//! OpenID Connect identity providers: `AWS::IAM::OIDCProvider`.

use aws_sdk_iam::Client;
use blastwall_aws::Declaration;
use blastwall_model::resources::{OidcProvider, OidcProviderKind};
use blastwall_model::{GLOBAL, Kind};
use futures::{StreamExt, stream};

use crate::Product;
use crate::context::{Context, parse_arn};
use crate::convert::{sorted, text, time};
use crate::harvest::{About, Harvest, reason};

const LIST: Declaration = super::call(
    "ListOpenIDConnectProviders",
    "iam:ListOpenIDConnectProviders",
);
const GET: Declaration = super::call("GetOpenIDConnectProvider", "iam:GetOpenIDConnectProvider");

pub(super) const PRODUCT: Product = Product {
    kind: OidcProviderKind::TYPE,
    calls: &[LIST, GET],
    tags: &[],
};

/// The providers, if they are wanted. Their listing has no pages: an account has at most a hundred.
pub(super) async fn collect(context: &Context<'_>, iam: &Client) -> Harvest {
    if !context.wants(PRODUCT.kind) {
        return Harvest::default();
    }
    let request = iam.list_open_id_connect_providers();
    let answer = match context.session.call(request.send()).await {
        Ok(answer) => answer,
        Err(failure) => return Harvest::failed(&[PRODUCT.kind], LIST, GLOBAL, &failure),
    };
    let arns = answer.open_id_connect_provider_list().iter();
    let mut looked_into = stream::iter(arns)
        .map(|provider| look_into(context, iam, provider.arn().unwrap_or_default()))
        .buffer_unordered(super::PROVIDERS_AT_ONCE)
        .boxed();
    let mut harvest = Harvest::default();
    while let Some(found) = looked_into.next().await {
        harvest.append(found);
    }
    harvest
}

async fn look_into(context: &Context<'_>, iam: &Client, arn: &str) -> Harvest {
    let arn = match parse_arn(arn) {
        Ok(arn) => arn,
        Err(failure) => return Harvest::failed(&[PRODUCT.kind], LIST, GLOBAL, &failure),
    };
    let mut harvest = Harvest::default();
    let request = iam.get_open_id_connect_provider();
    let request = request.open_id_connect_provider_arn(arn.as_str());
    let answer = context.session.call(request.send()).await;
    let mut provider = OidcProvider::new(arn, context.session.account().clone(), GLOBAL);
    match answer {
        Ok(answer) => {
            provider.tags = super::tags(answer.tags());
            let config = &mut provider.config;
            config.url = text(answer.url()).into();
            config.client_id_list = sorted(answer.client_id_list().iter().cloned()).into();
            config.thumbprint_list = sorted(answer.thumbprint_list().iter().cloned()).into();
            provider.observed.create_date = answer.create_date().and_then(time).into();
        }
        Err(failure) => {
            for path in ["config", "observed", "tags"] {
                provider.mark_unknown(path, &reason(GET, &failure));
            }
            // The ARN itself names it: `oidc-provider/token.actions.githubusercontent.com`.
            let url = provider.arn.resource().split_once('/');
            if let Some((_, url)) = url {
                provider.config.url = url.to_owned().into();
            }
            harvest.incomplete(&About::resource(&provider), GET, &failure);
        }
    }
    harvest.add(&provider);
    harvest
}
