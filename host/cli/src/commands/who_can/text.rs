//! Who may do it, for a reader.

use std::collections::BTreeMap;
use std::io::{self, Write};

use blastwall_blast::{Certainty, OutsideParty, Subject, Verdict};
use blastwall_policy::actions;
use blastwall_report::{Report, view, visible};

use super::answer::{Direct, Reaching, WhoCan};

/// What the request is about, if the resource is a bucket and the action is done to what is in it.
fn hint(answer: &WhoCan<'_>) -> Option<String> {
    let bucket = answer.resource.contains(":s3:::") && !answer.resource.contains('/');
    // A table tells what an action is asked about.
    let inside = actions::find(answer.action).is_some_and(|action| {
        let mut types = action.resource_types();
        types.any(|(kind, _)| kind.name == "object")
    });
    (bucket && inside).then(|| {
        format!(
            "{} is done to objects: {}/* is all of them, and who can do it to some is told of those",
            answer.action, answer.resource
        )
    })
}

pub(super) fn text(answer: &WhoCan<'_>, report: &Report, writer: &mut dyn Write) -> io::Result<()> {
    let (action, resource) = (visible(answer.action), visible(answer.resource));
    writeln!(writer, "Who can {action} on {resource}")?;
    if let Some(hint) = hint(answer) {
        writeln!(writer, "hint: {}", visible(&hint))?;
    }
    writeln!(writer)?;
    let (open, directly): (Vec<&Direct>, Vec<&Direct>) = answer
        .direct
        .iter()
        .partition(|one| one.verdict == Verdict::Undecided);
    let (whole, half): (Vec<&Direct>, Vec<&Direct>) =
        directly.into_iter().partition(|one| one.besides.is_none());
    writeln!(writer, "Directly: {}", whole.len())?;
    for one in whole {
        writeln!(writer, "  {}", visible(&one.principal))?;
    }
    if !half.is_empty() {
        writeln!(writer)?;
        writeln!(
            writer,
            "Allowed, and yet without what they read: {}",
            half.len()
        )?;
        for one in half {
            let besides = one.besides.as_deref().unwrap_or_default();
            writeln!(
                writer,
                "  {}  ({})",
                visible(&one.principal),
                visible(besides)
            )?;
        }
    }
    if !open.is_empty() {
        writeln!(writer)?;
        writeln!(
            writer,
            "Perhaps, because something was not seen: {}",
            open.len()
        )?;
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in open {
            let why = one.why.as_deref().unwrap_or_default();
            reasons.entry(why).or_default().push(&one.principal);
        }
        for (why, principals) in reasons {
            writeln!(writer, "  if {}", visible(why))?;
            for principal in principals {
                writeln!(writer, "    {}", visible(principal))?;
            }
        }
    }
    // Nearly every account trusts some service, and none of them is an attacker by itself.
    let (services, others): (Vec<&Reaching>, Vec<&Reaching>) =
        answer.reaching.iter().partition(|one| {
            let service = matches!(&one.subject,
                Subject::Outside { party } if matches!(party, OutsideParty::Service { .. }));
            service && one.certainty == Certainty::Speculative
        });
    writeln!(writer)?;
    let heading = "By way of those, or of somebody that is made for it, once they fall";
    writeln!(writer, "{heading}: {}", others.len())?;
    let told = view::subjects(report);
    let mut others = others;
    others.sort_by_key(|one| {
        let outside = matches!(one.subject, Subject::Outside { .. });
        (one.certainty, !outside)
    });
    for one in others {
        let certainty = match one.certainty {
            Certainty::Certain => "certain",
            Certainty::Conditional => "conditional",
            Certainty::Speculative => "speculative",
        };
        let subject = told(&one.subject);
        writeln!(writer, "  {}  {certainty}", visible(&subject))?;
    }
    if !services.is_empty() {
        let many = match services.len() {
            1 => "1 service".to_owned(),
            many => format!("{many} services"),
        };
        writeln!(
            writer,
            "  and, speculatively, {many} of AWS acting for others"
        )?;
    }
    if !answer.direct.is_empty() || !answer.reaching.is_empty() {
        writeln!(writer)?;
        writeln!(
            writer,
            "`blastwall can` tells a decision layer by layer, `blastwall path` a way step by step."
        )?;
    }
    Ok(())
}
