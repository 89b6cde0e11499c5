//! IAM Access Analyzer: analyzers.
//!
//! Source: IAM Access Analyzer API Reference.

use serde_json::{Value, json};

use crate::document::object;
use crate::failure::Failure;
use crate::operation::{Answer, Call, Operation, listing};
use crate::page::page;

pub(crate) const OPERATIONS: &[Operation] = &[listing(
    "ListAnalyzers",
    "access-analyzer:ListAnalyzers",
    list_analyzers,
)];

/// Where each operation is asked for.
pub(crate) const ROUTES: &[(&str, &str, &str)] = &[("GET", "/analyzer", "ListAnalyzers")];

fn list_analyzers(call: &Call<'_>) -> Result<Answer, Failure> {
    let documents = call
        .account()?
        .documents("AWS::AccessAnalyzer::Analyzer", call.region);
    let analyzers: Vec<Value> = documents
        .map(|document| {
            object(
                document,
                &[
                    ("/arn", "arn"),
                    ("/tags", "tags"),
                    ("/config/AnalyzerName", "name"),
                    ("/config/Type", "type"),
                    ("/observed/Status", "status"),
                    ("/observed/CreatedAt", "createdAt"),
                    ("/observed/LastResourceAnalyzedAt", "lastResourceAnalyzedAt"),
                ],
            )
        })
        .collect();
    let page = page(
        analyzers,
        call.input.get("nextToken"),
        call.page_size("maxResults"),
    )?;
    Ok(Answer::Json(
        json!({ "analyzers": page.items, "nextToken": page.next }),
    ))
}
