//! IAM Access Analyzer: `AWS::AccessAnalyzer::Analyzer`.

use aws_sdk_accessanalyzer::types::AnalyzerSummary;
use blastwall_aws::{Declaration, Failure, client};
use blastwall_model::Kind;
use blastwall_model::resources::{Analyzer, AnalyzerKind};
use futures::FutureExt;

use crate::catalogue::Run;
use crate::context::{Context, parse_arn};
use crate::convert::{tags, text, time};
use crate::harvest::Harvest;
use crate::pages::pages;
use crate::{Collector, Product};

pub(super) const COLLECTOR: Collector = Collector {
    service: "access-analyzer",
    products: &[Product {
        kind: AnalyzerKind::TYPE,
        calls: &[LIST],
        tags: &[],
    }],
    run: Run::EachRegion(|context, region| collect(context, region).boxed()),
};

const LIST: Declaration = Declaration {
    service: "AccessAnalyzer",
    operation: "ListAnalyzers",
    action: "access-analyzer:ListAnalyzers",
};

async fn collect(context: &Context<'_>, region: &str) -> Harvest {
    let analyzers = client!(aws_sdk_accessanalyzer, context.session, region);
    let mut harvest = Harvest::default();
    let stream = analyzers
        .list_analyzers()
        .max_results(100)
        .into_paginator()
        .send();
    let ended = pages(context.session, stream, |page| {
        for description in page.analyzers() {
            match analyzer(context, region, description) {
                Ok(analyzer) => harvest.add(&analyzer),
                Err(failure) => harvest.listing(&[AnalyzerKind::TYPE], LIST, region, &failure),
            }
        }
    })
    .await;
    if let Err(failure) = ended {
        harvest.listing(&[AnalyzerKind::TYPE], LIST, region, &failure);
    }
    harvest
}

fn analyzer(
    context: &Context<'_>,
    region: &str,
    description: &AnalyzerSummary,
) -> Result<Analyzer, Failure> {
    let arn = parse_arn(description.arn())?;
    let mut analyzer = Analyzer::new(arn, context.session.account().clone(), region);
    let own = description.tags().into_iter().flatten();
    analyzer.tags = tags(own.map(|(key, value)| (Some(key.as_str()), Some(value.as_str()))));
    analyzer.config.analyzer_name = text(Some(description.name())).into();
    analyzer.config.analyzer_type = text(Some(description.r#type().as_str())).into();
    analyzer.observed.status = text(Some(description.status().as_str())).into();
    analyzer.observed.created_at = time(description.created_at()).into();
    let last = description.last_resource_analyzed_at();
    analyzer.observed.last_resource_analyzed_at = last.and_then(time).into();
    Ok(analyzer)
}
