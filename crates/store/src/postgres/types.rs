//! Values to and from PostgreSQL, by the type the database wants: one `Int` fits every integer width.

use std::error::Error;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::row::Column;
use crate::value::Value;

type Fault = Box<dyn Error + Sync + Send>;

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(n) => int_to_sql(*n, ty, out),
            Self::Real(x) => put(x, ty, out),
            Self::Bool(b) => put(b, ty, out),
            Self::Text(text) => put(text, ty, out),
            Self::Word(word) => put(word, ty, out),
            Self::Blob(blob) => put(blob, ty, out),
            Self::Ints(list) => put(list, ty, out),
            Self::Texts(list) => put(list, ty, out),
            Self::Blobs(list) => put(list, ty, out),
        }
    }

    /// Everything: `to_sql` itself looks at the type.
    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn int_to_sql(n: i64, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
    match *ty {
        Type::INT8 => n.to_sql(ty, out),
        Type::INT4 => i32::try_from(n)?.to_sql(ty, out),
        Type::INT2 => i16::try_from(n)?.to_sql(ty, out),
        Type::FLOAT8 => (n as f64).to_sql(ty, out),
        _ => Err(mismatch("an integer", ty)),
    }
}

fn mismatch(given: &str, ty: &Type) -> Fault {
    format!("{given} was given where the database wants {ty}").into()
}

/// Writes a value where the database wants one of its kind.
fn put<T: ToSql>(value: &T, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
    if T::accepts(ty) {
        value.to_sql(ty, out)
    } else {
        Err(mismatch(std::any::type_name::<T>(), ty))
    }
}

impl<'a> FromSql<'a> for Column<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Fault> {
        Ok(match *ty {
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(ty, raw)?),
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::BYTEA => Self::Blob(<&[u8]>::from_sql(ty, raw)?),
            _ => Self::Text(<&str>::from_sql(ty, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Fault> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::INT8 | Type::INT4 | Type::INT2 | Type::FLOAT8 | Type::BOOL | Type::BYTEA
        ) || <&str as FromSql>::accepts(ty)
    }
}

/// Parameters as the driver wants them.
pub(super) fn references(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    let reference = |value| value as &(dyn ToSql + Sync);
    params.iter().map(reference).collect()
}
