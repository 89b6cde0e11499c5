//! Smithy RPC v2 with CBOR: the operation in the path, CBOR in and out. CloudWatch speaks it.
//!
//! Source: Smithy documentation, "Smithy RPC v2 CBOR protocol".

use http::header::{HeaderName, HeaderValue};
use http_body_util::Full;
use hyper::body::Bytes;
use minicbor::data::Type;
use minicbor::decode::Error;
use minicbor::encode::Error as EncodeError;
use minicbor::{Decoder, Encoder};
use serde_json::{Map, Value, json};

use super::{Protocol, Reply, Words, reply};
use crate::failure::Failure;
use crate::operation::Answer;
use crate::request::{Input, Request};

/// The protocol.
pub(crate) struct Cbor;

const CONTENT_TYPE: &str = "application/cbor";

/// Values within values that are read; no operation takes more than a few.
const DEEPEST: usize = 32;

const WORDS: Words = Words {
    denied: (400, "AccessDenied"),
    denied_preface: "",
    unknown_operation: (404, "UnknownOperationException"),
    missing: (400, "MissingAuthenticationToken"),
    unknown_key: (400, "InvalidClientTokenId"),
    expired: (400, "ExpiredToken"),
    signature: (400, "SignatureDoesNotMatch"),
    skewed: (400, "SignatureDoesNotMatch"),
};

impl Protocol for Cbor {
    fn read(&self, request: &Request) -> (String, Input) {
        let operation = request.path.rsplit('/').next().unwrap_or_default();
        // A body that is no CBOR gives an input without parameters, as in JSON.
        let body = decode(&mut Decoder::new(&request.body), 0).unwrap_or(Value::Null);
        (operation.to_owned(), Input::from_json(&body))
    }

    fn success(&self, _operation: &str, answer: Answer, id: &str) -> Reply {
        let value = match answer {
            Answer::Json(value) => value,
            Answer::Xml(_) | Answer::Document(_) => json!({}),
        };
        answered(200, &value, id)
    }

    fn failure(&self, failure: &Failure, id: &str) -> Reply {
        let body = json!({ "__type": failure.code, "message": failure.message });
        answered(failure.status, &body, id)
    }

    fn words(&self) -> &'static Words {
        &WORDS
    }
}

fn answered(status: u16, value: &Value, id: &str) -> Reply {
    let mut encoder = Encoder::new(Vec::new());
    // Writing to memory does not fail.
    let body = match encode(&mut encoder, value) {
        Ok(()) => encoder.into_writer(),
        Err(_) => Vec::new(),
    };
    let mut reply = reply(status, CONTENT_TYPE, id, String::new());
    *reply.body_mut() = Full::new(Bytes::from(body));
    reply.headers_mut().insert(
        HeaderName::from_static("smithy-protocol"),
        HeaderValue::from_static("rpc-v2-cbor"),
    );
    reply
}

fn encode(
    encoder: &mut Encoder<Vec<u8>>,
    value: &Value,
) -> Result<(), EncodeError<core::convert::Infallible>> {
    match value {
        Value::Null => encoder.null()?.ok(),
        Value::Bool(flag) => encoder.bool(*flag)?.ok(),
        Value::String(text) => encoder.str(text)?.ok(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => encoder.i64(number)?.ok(),
            None => encoder.f64(number.as_f64().unwrap_or_default())?.ok(),
        },
        Value::Array(items) => {
            encoder.array(items.len() as u64)?;
            items.iter().try_for_each(|item| encode(encoder, item))
        }
        Value::Object(members) => {
            encoder.map(members.len() as u64)?;
            members.iter().try_for_each(|(name, value)| {
                encoder.str(name)?;
                encode(encoder, value)
            })
        }
    }
}

/// A value as JSON has it; what JSON has no form for is left out.
fn decode(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, Error> {
    if depth > DEEPEST {
        return Err(Error::message("too deep"));
    }
    Ok(match decoder.datatype()? {
        Type::Bool => decoder.bool()?.into(),
        Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::I8
        | Type::I16
        | Type::I32
        | Type::I64 => decoder.i64()?.into(),
        Type::F16 | Type::F32 | Type::F64 => decoder.f64()?.into(),
        Type::String => decoder.str()?.into(),
        Type::StringIndef => decoder.str_iter()?.collect::<Result<String, _>>()?.into(),
        Type::Array | Type::ArrayIndef => {
            let length = decoder.array()?;
            let mut items = Vec::new();
            while more(decoder, length, items.len())? {
                items.push(decode(decoder, depth + 1)?);
            }
            items.into()
        }
        Type::Map | Type::MapIndef => {
            let length = decoder.map()?;
            let mut members = Map::new();
            let mut read = 0;
            while more(decoder, length, read)? {
                let Value::String(name) = decode(decoder, depth + 1)? else {
                    return Err(Error::message("a name is no text"));
                };
                members.insert(name, decode(decoder, depth + 1)?);
                read += 1;
            }
            members.into()
        }
        _ => {
            decoder.skip()?;
            Value::Null
        }
    })
}

/// Whether another item follows, in a list of a length or in one that ends with a mark.
fn more(decoder: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Result<bool, Error> {
    match length {
        Some(length) => Ok((read as u64) < length),
        None if decoder.datatype()? == Type::Break => {
            decoder.skip()?;
            Ok(false)
        }
        None => Ok(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back() {
        let value = json!({
            "text": "é", "list": [1, -2, 2.5, true, null], "inside": { "empty": {}, "none": [] }
        });
        let mut encoder = Encoder::new(Vec::new());
        encode(&mut encoder, &value).unwrap();
        let bytes = encoder.into_writer();
        assert_eq!(decode(&mut Decoder::new(&bytes), 0).unwrap(), value);
        for end in 0..bytes.len() {
            assert!(decode(&mut Decoder::new(&bytes[..end]), 0).is_err());
        }
    }

    #[test]
    fn lists_of_any_length_are_read() {
        // {_ "a": [_ 1, 2]}
        let bytes = [0xbf, 0x61, b'a', 0x9f, 0x01, 0x02, 0xff, 0xff];
        let value = decode(&mut Decoder::new(&bytes), 0).unwrap();
        assert_eq!(value, json!({ "a": [1, 2] }));
        assert!(decode(&mut Decoder::new(&[0x9f; 1000]), 0).is_err());
    }
}
