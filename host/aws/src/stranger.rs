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
            response.status().as_u16() == 500
                && kind.is_some_and(|kind| kind.starts_with("text/html"))
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

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::interceptors::context::Input;
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn forbids(status: u16, content_type: &str) -> bool {
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        response
            .headers_mut()
            .insert("content-type", content_type.to_owned());
        let mut context = InterceptorContext::new(Input::doesnt_matter());
        context.enter_serialization_phase();
        let _ = context.take_input();
        context.enter_before_transmit_phase();
        context.enter_transmit_phase();
        context.set_response(response);
        context.enter_before_deserialization_phase();
        StrangersAreNotAskedAgain.classify_retry(&context) == RetryAction::RetryForbidden
    }

    #[test]
    fn only_pages_of_internal_errors_are_strangers() {
        assert!(forbids(500, "text/html; charset=utf-8"));
        assert!(!forbids(500, "text/xml"));
        assert!(!forbids(500, "application/x-amz-json-1.1"));
        assert!(!forbids(503, "text/html"));
        assert!(!forbids(200, "text/html"));
    }
}
