//! Answers that are not AWS's.

use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Lets nobody ask again who was answered `500` with a page of HTML: no AWS service does that. It is
/// what local implementations of AWS say of operations that they lack, and asking nine times more
/// would cost half a minute for each. Pages of `502` to `504` come from load balancers and pass.
#[derive(Clone, Copy, Debug)]
pub struct StrangersAreNotAskedAgain;

impl ClassifyRetry for StrangersAreNotAskedAgain {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let is_stranger = context.response().is_some_and(|response| {
            let kind = response.headers().get("content-type");
            is_of_a_stranger(response.status().as_u16(), kind)
        });
        if is_stranger {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "an answer that is not AWS's"
    }

    /// Before all others: what is forbidden stays so.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::http_status_code_classifier())
    }
}

fn is_of_a_stranger(status: u16, content_type: Option<&str>) -> bool {
    status == 500 && content_type.is_some_and(|kind| kind.starts_with("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_internal_errors_are_strangers() {
        assert!(is_of_a_stranger(500, Some("text/html; charset=utf-8")));
        assert!(!is_of_a_stranger(500, Some("text/xml")));
        assert!(!is_of_a_stranger(500, Some("application/x-amz-json-1.1")));
        assert!(!is_of_a_stranger(500, None));
        assert!(!is_of_a_stranger(503, Some("text/html")));
        assert!(!is_of_a_stranger(200, Some("text/html")));
    }
}
