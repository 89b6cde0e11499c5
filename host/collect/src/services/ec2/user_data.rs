//! From user data to facts about it. The text goes no further than this file: not into documents,
//! errors or logs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blastwall_aws::Failure;
use blastwall_model::SECRET_NAMES;
use blastwall_model::resources::ec2::UserData;

use crate::harvest::malformed;

/// What a secret begins with, and at least how many letters and digits follow.
struct Token {
    kind: &'static str,
    begins: &'static str,
    follow: usize,
}

/// Tokens whose form gives them away, as their makers document them.
const TOKENS: &[Token] = &[
    // IAM User Guide, "IAM identifiers", "Unique identifiers".
    Token {
        kind: "AWS access key",
        begins: "AKIA",
        follow: 16,
    },
    Token {
        kind: "AWS access key",
        begins: "ASIA",
        follow: 16,
    },
    // GitHub documentation, "About authentication to GitHub", "GitHub's token formats".
    Token {
        kind: "GitHub token",
        begins: "ghp_",
        follow: 36,
    },
    Token {
        kind: "GitHub token",
        begins: "gho_",
        follow: 36,
    },
    Token {
        kind: "GitHub token",
        begins: "ghs_",
        follow: 36,
    },
    Token {
        kind: "GitHub token",
        begins: "github_pat_",
        follow: 22,
    },
    // GitLab documentation, "Token overview", "Token prefixes".
    Token {
        kind: "GitLab token",
        begins: "glpat-",
        follow: 20,
    },
    // Slack documentation, "Tokens".
    Token {
        kind: "Slack token",
        begins: "xoxb-",
        follow: 10,
    },
    Token {
        kind: "Slack token",
        begins: "xoxp-",
        follow: 10,
    },
    // Stripe documentation, "API keys".
    Token {
        kind: "Stripe key",
        begins: "sk_live_",
        follow: 16,
    },
    // npm documentation, "About access tokens".
    Token {
        kind: "npm token",
        begins: "npm_",
        follow: 36,
    },
];

/// What an assignment holds if the secret comes from elsewhere: a variable, a command, a template.
const ELSEWHERE: &[char] = &['$', '{', '<', '`', '(', '%', '!'];

/// What a gzip file begins with (RFC 1952). cloud-init takes user data that is compressed.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The facts about user data as the API has it, in base64. Text that is no base64 is looked at as
/// it is.
///
/// # Errors
/// If it is compressed: what cannot be looked into is not known to be free of secrets.
pub(super) fn facts(encoded: &str) -> Result<UserData, Failure> {
    let bytes = STANDARD
        .decode(encoded.trim())
        .unwrap_or_else(|_| encoded.as_bytes().to_vec());
    if bytes.starts_with(&GZIP) {
        return Err(malformed("the user data is compressed"));
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut secrets = Vec::new();
    let mut add = |kind: &str| {
        if !secrets.iter().any(|known| known == kind) {
            secrets.push(kind.to_owned());
        }
    };
    for token in TOKENS {
        if has_token(&text, token) {
            add(token.kind);
        }
    }
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
        add("private key");
    }
    if text.lines().any(assigns_secret) {
        add("password or secret");
    }
    secrets.sort();
    Ok(UserData {
        size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
        secrets,
    })
}

fn has_token(text: &str, token: &Token) -> bool {
    text.match_indices(token.begins).any(|(at, begins)| {
        let starts = text
            .get(..at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|before| !before.is_ascii_alphanumeric());
        let follow = text.get(at + begins.len()..).map_or(0, |after| {
            after
                .chars()
                .take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
                .count()
        });
        starts && follow >= token.follow
    })
}

/// Whether a line gives one of the names a value of eight or more characters that is written there:
/// `DB_PASSWORD=…`, `secret: …`.
fn assigns_secret(line: &str) -> bool {
    let Some(at) = line.find(['=', ':']) else {
        return false;
    };
    let (name, value) = line.split_at(at);
    let name = name.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    let value = value
        .trim_start_matches(['=', ':', ' ', '\t'])
        .trim()
        .trim_end_matches(',')
        .trim_matches(['"', '\'']);
    SECRET_NAMES.iter().any(|secret| name.ends_with(secret))
        && value.chars().count() >= 8
        && !value.starts_with(ELSEWHERE)
        && !value.contains(char::is_whitespace)
        && !value.starts_with("arn:")
        && !value.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<String> {
        facts(&STANDARD.encode(text)).unwrap().secrets
    }

    #[test]
    fn what_looks_like_a_secret_is_named_by_its_kind() {
        let key = concat!("AKIA", "IOSFODNN7EXAMPLE");
        let private = concat!("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIE");
        for (text, kind) in [
            (format!("export AWS_ACCESS_KEY_ID={key}"), "AWS access key"),
            (private.to_owned(), "private key"),
            (
                format!("token {}{}", "ghp_", "a".repeat(36)),
                "GitHub token",
            ),
            ("DB_PASSWORD=correct-horse".to_owned(), "password or secret"),
            (
                "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG".to_owned(),
                "password or secret",
            ),
            (
                "  \"password\": \"correct-horse\",".to_owned(),
                "password or secret",
            ),
        ] {
            assert_eq!(kinds(&text), [kind], "{text}");
        }
    }

    #[test]
    fn what_only_looks_so_is_not() {
        for text in [
            "#!/bin/sh\nyum install -y httpd",
            "export AWS_ACCESS_KEY_ID=AKIASHORT",
            "FAKIAIOSFODNN7EXAMPLEXX",
            "DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id db)",
            "DB_PASSWORD=${PASSWORD}",
            "SECRET=arn:aws:secretsmanager:eu-west-1:111122223333:secret:db",
            "password: short",
            "set the password: ask your administrator",
            "-----BEGIN CERTIFICATE-----",
        ] {
            assert_eq!(kinds(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_compressed_is_not_known_to_be_clean() {
        assert!(facts(&STANDARD.encode([0x1f, 0x8b, 0x08, 0x00])).is_err());
    }

    #[test]
    fn the_size_is_that_of_the_text() {
        assert_eq!(facts(&STANDARD.encode("hello")).unwrap().size, 5);
        assert_eq!(facts("not base64!").unwrap().size, 11);
    }
}
