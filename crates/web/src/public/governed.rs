//! What the policy in force says of every answer of a public page: which hosts it loads from, which
//! cookies it sets.
//!
//! Promises: a cookie that the policy does not let be set leaves no public page, whoever set it; where no
//! policy is known, none does.

use std::sync::Arc;

use avow_model::Timestamp;
use avow_policy::{
    CookieContext, PolicySet, Version, content_security_policy, may_set, read_set_cookie,
};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, SET_COOKIE};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

/// The version that governs a page. It goes with the answer, for the layer that strips cookies.
#[derive(Debug, Clone)]
pub(super) struct Governing {
    pub policies: Arc<PolicySet>,
    pub n: u32,
    pub at: Timestamp,
}

impl Governing {
    fn version(&self) -> Option<&Version> {
        self.policies.version(self.n)
    }

    fn allows(&self, header: &HeaderValue) -> bool {
        let Some(version) = self.version() else {
            return false;
        };
        let cookie = header
            .to_str()
            .ok()
            .and_then(|h| read_set_cookie(h, self.at));
        let may = |c: avow_policy::SetCookie<'_>| {
            may_set(version, c.name, CookieContext::Site, c.lifetime).is_ok()
        };
        cookie.is_some_and(may)
    }
}

/// A public page.
#[derive(Debug)]
pub(super) struct Leaf {
    pub page: String,
    pub governing: Option<Governing>,
    /// Origins whose pages may show it in a frame; `None`: our own alone.
    pub framed_by: Option<Vec<String>>,
}

/// The same policy, with these origins in the place of whoever may frame the page.
fn framed(policy: &str, sites: &[String]) -> String {
    let kept = policy.split(';').map(str::trim);
    let kept = kept.filter(|part| !part.is_empty() && !part.starts_with("frame-ancestors"));
    let mut parts: Vec<String> = kept.map(str::to_owned).collect();
    parts.push(format!("frame-ancestors 'self' {}", sites.join(" ")));
    parts.join("; ")
}

impl IntoResponse for Leaf {
    fn into_response(self) -> Response {
        let mut response = Html(self.page).into_response();
        let Some(governing) = self.governing else {
            return response;
        };
        // Nobody's choice is known here, so no host that needs one is in it.
        let policy = governing.version().map(|v| content_security_policy(v, &[]));
        let policy = match &self.framed_by {
            Some(sites) => policy.map(|policy| framed(&policy, sites)),
            None => policy,
        };
        if let Some(value) = policy.and_then(|p| HeaderValue::try_from(p).ok()) {
            response
                .headers_mut()
                .insert(CONTENT_SECURITY_POLICY, value);
        }
        response.extensions_mut().insert(governing);
        response
    }
}

/// Takes out of a public page's answer every cookie that may not be set.
pub(super) async fn strip_cookies(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if !response.headers().contains_key(SET_COOKIE) {
        return response;
    }
    let governing = response.extensions().get::<Governing>().cloned();
    let set: Vec<HeaderValue> = response
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .cloned()
        .collect();
    response.headers_mut().remove(SET_COOKIE);
    for cookie in set {
        if governing.as_ref().is_some_and(|g| g.allows(&cookie)) {
            response.headers_mut().append(SET_COOKIE, cookie);
        } else {
            tracing::error!("a cookie that the policy does not declare was taken out of an answer");
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use avow_policy::SourceFile;
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    const COOKIES: [&str; 3] = ["kept=1; Path=/", "kept=1; Max-Age=9", "other=1"];

    fn governing(mode: &str, declared: &str) -> Governing {
        let text = include_str!("../../../../tests/fixtures/acme/v1.toml");
        let packs = "packs = [\"us\", \"eu\", \"de\", \"ca\", \"uk\"]\n";
        let head = format!("version = 1\ncookies = \"{mode}\"\n");
        let text = text.replacen("version = 1\n", &head, 1).replace(packs, "");
        let file = SourceFile {
            name: "v1.toml".to_owned(),
            text: text + declared,
        };
        let policies = Arc::new(PolicySet::compile(&[file]).expect("a policy in order"));
        let version = policies.versions().next().expect("a version");
        let (n, at) = (version.n(), version.effective_at());
        Governing { policies, n, at }
    }

    async fn leaves(governing: Option<Governing>) -> usize {
        let page = move || {
            let governing = governing.clone();
            async move {
                let page = String::new();
                let mut response = Leaf {
                    page,
                    governing,
                    framed_by: None,
                }
                .into_response();
                for cookie in COOKIES {
                    let value = HeaderValue::from_static(cookie);
                    response.headers_mut().append(SET_COOKIE, value);
                }
                response
            }
        };
        let router: Router = Router::new()
            .route("/", get(page))
            .layer(axum::middleware::from_fn(strip_cookies));
        let request = Request::builder().uri("/").body(Body::empty());
        let answer = router.oneshot(request.expect("a request")).await;
        let answer = answer.expect("an answer");
        answer.headers().get_all(SET_COOKIE).iter().count()
    }

    #[tokio::test]
    async fn only_cookies_that_the_policy_declares_leave_a_public_page() {
        let declared =
            "\n[cookie.kept]\ntitle = \"Kept\"\nlifetime = \"session\"\nnecessary = true\n";
        assert_eq!(leaves(Some(governing("lasting", declared))).await, 1);
        assert_eq!(leaves(Some(governing("lasting", ""))).await, 0);
        assert_eq!(leaves(Some(governing("none", ""))).await, 0);
        assert_eq!(leaves(None).await, 0);
    }
}
