//! A connection to whoever is to be written to: to one server, or to all of a cluster.

use std::time::Duration;

use acp_core::limits::{
    SENTINEL_TIMEOUT, STORE_ANSWER_TIMEOUT, STORE_CONNECT_TIMEOUT, STORE_QUESTIONS_MAX,
};
use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{
    MultipleNodeRoutingInfo, Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr,
};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionInfo, ErrorKind, Pipeline, RedisError,
    RedisResult, Value,
};

use super::options::{Options, Servers};

/// How often the client of a cluster sends a question again by itself, to follow keys that move.
const CLUSTER_TRIES: u32 = 3;
/// How long it rests between two of them, at the least and at the most.
const CLUSTER_REST_MS: (u64, u64) = (5, 50);
/// How long a question to a cluster may take, with all its tries.
const CLUSTER_TIMEOUT: Duration = STORE_ANSWER_TIMEOUT.saturating_mul(2);

/// One connection that many callers share. Cloning it costs next to nothing.
#[derive(Clone)]
pub(super) enum Link {
    One(MultiplexedConnection),
    Many(ClusterConnection),
}

impl Link {
    /// Connects, and makes sure that somebody answers.
    pub(super) async fn open(options: &Options, answer_timeout: Duration) -> RedisResult<Self> {
        let opening = async {
            match &options.servers {
                Servers::Standalone { url } => {
                    Ok(Self::One(connect(options.to(url)?, answer_timeout).await?))
                }
                Servers::Sentinel { urls, primary } => {
                    let info = named_by_sentinels(options, urls, primary).await?;
                    let mut connection = connect(info, answer_timeout).await?;
                    must_be_primary(&mut connection).await?;
                    Ok(Self::One(connection))
                }
                Servers::Cluster { urls } => {
                    Ok(Self::Many(connect_to_all(options, urls, answer_timeout).await?))
                }
            }
        };
        match tokio::time::timeout(STORE_CONNECT_TIMEOUT, opening).await {
            Ok(opened) => opened,
            Err(_elapsed) => {
                Err(RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut)))
            }
        }
    }

    pub(super) async fn ask(&mut self, question: &Cmd) -> RedisResult<Value> {
        match self {
            Self::One(connection) => question.query_async(connection).await,
            Self::Many(connection) => question.query_async(connection).await,
        }
    }

    /// Asks one thing after the other, of the server that has `key` and on one connection.
    pub(super) async fn ask_in_turn(
        &mut self,
        key: &str,
        questions: Pipeline,
    ) -> RedisResult<Vec<Value>> {
        match self {
            Self::One(connection) => questions.query_async(connection).await,
            Self::Many(connection) => {
                let count = questions.len();
                let server = SingleNodeRoutingInfo::SpecificNode(to(key));
                let answers = connection.route_pipeline(questions, 0, count, server).await?;
                answers.into_iter().map(Value::extract_error).collect()
            }
        }
    }

    /// Asks all of it at once, of whom it concerns.
    pub(super) async fn ask_all(&mut self, questions: Vec<Cmd>) -> RedisResult<Vec<Option<Value>>> {
        match self {
            Self::One(connection) => {
                let mut together = Pipeline::with_capacity(questions.len());
                for question in questions {
                    together.add_command(question);
                }
                let answers: Vec<Value> = together.query_async(connection).await?;
                Ok(answers.into_iter().map(Some).collect())
            }
            Self::Many(connection) => {
                let asked = questions.iter().map(|question| {
                    let mut connection = connection.clone();
                    async move { question.query_async::<Value>(&mut connection).await }
                });
                let answers = join_all(asked).await;
                if answers.iter().any(Result::is_ok) {
                    return Ok(answers.into_iter().map(Result::ok).collect());
                }
                answers.into_iter().map(|answer| answer.map(Some)).collect()
            }
        }
    }

    /// Asks every primary the same.
    pub(super) async fn ask_everybody(&mut self, question: &Cmd) -> RedisResult<Vec<Value>> {
        match self {
            Self::One(connection) => Ok(vec![question.query_async(connection).await?]),
            Self::Many(connection) => {
                let all = RoutingInfo::MultiNode((MultipleNodeRoutingInfo::AllMasters, None));
                match connection.route_command(question.clone(), all).await?.extract_error()? {
                    Value::Map(answers) => Ok(answers.into_iter().map(|(_, it)| it).collect()),
                    _ => Err(RedisError::from((
                        ErrorKind::UnexpectedReturnType,
                        "the servers of a cluster do not answer one by one",
                    ))),
                }
            }
        }
    }

    /// Asks any primary.
    pub(super) async fn ask_anybody(&mut self, question: &Cmd) -> RedisResult<Value> {
        match self {
            Self::One(connection) => question.query_async(connection).await,
            Self::Many(connection) => {
                let any = RoutingInfo::SingleNode(SingleNodeRoutingInfo::RandomPrimary);
                connection.route_command(question.clone(), any).await?.extract_error()
            }
        }
    }
}

fn to(key: &str) -> Route {
    Route::with_key(key, SlotAddr::Master)
}

/// A server that is connected to but hangs would be taken for one that is there: it is asked
/// something.
async fn connect(
    info: ConnectionInfo,
    answer_timeout: Duration,
) -> RedisResult<MultiplexedConnection> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(STORE_CONNECT_TIMEOUT))
        .set_response_timeout(Some(answer_timeout))
        .set_concurrency_limit(STORE_QUESTIONS_MAX);
    let client = Client::open(info)?;
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    redis::cmd("PING").exec_async(&mut connection).await?;
    Ok(connection)
}

async fn connect_to_all(
    options: &Options,
    urls: &[String],
    answer_timeout: Duration,
) -> RedisResult<ClusterConnection> {
    let known = urls.iter().map(|url| options.to(url)).collect::<RedisResult<Vec<_>>>()?;
    let client = ClusterClient::builder(known)
        .connection_timeout(STORE_CONNECT_TIMEOUT)
        .response_timeout(answer_timeout)
        .overall_response_timeout(Some(CLUSTER_TIMEOUT.max(answer_timeout)))
        .connection_concurrency_limit(STORE_QUESTIONS_MAX)
        .retries(CLUSTER_TRIES)
        .min_retry_wait(CLUSTER_REST_MS.0)
        .max_retry_wait(CLUSTER_REST_MS.1)
        .build()?;
    client.get_async_connection().await
}

/// How to reach the primary, as the first sentinel says who answers.
async fn named_by_sentinels(
    options: &Options,
    urls: &[String],
    primary: &str,
) -> RedisResult<ConnectionInfo> {
    let mut last_error = None;
    for url in urls {
        let asked = tokio::time::timeout(SENTINEL_TIMEOUT, ask_sentinel(url, primary)).await;
        match asked {
            Ok(Ok((host, port))) => return options.to_named(host, port),
            Ok(Err(error)) => last_error = Some(error),
            Err(_elapsed) => {}
        }
    }
    Err(last_error.unwrap_or_else(|| {
        RedisError::from((ErrorKind::MasterNameNotFoundBySentinel, "no sentinel answers"))
    }))
}

async fn ask_sentinel(url: &str, primary: &str) -> RedisResult<(String, u16)> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(SENTINEL_TIMEOUT))
        .set_response_timeout(Some(SENTINEL_TIMEOUT));
    let client = Client::open(url)?;
    let mut sentinel = client.get_multiplexed_async_connection_with_config(&config).await?;
    let mut question = redis::cmd("SENTINEL");
    question.arg("GET-MASTER-ADDR-BY-NAME").arg(primary);
    let named: Option<(String, u16)> = question.query_async(&mut sentinel).await?;
    named.ok_or_else(|| {
        RedisError::from((
            ErrorKind::MasterNameNotFoundBySentinel,
            "the sentinels know no primary of this name",
        ))
    })
}

/// A sentinel may not have noticed yet that a primary is none any more.
async fn must_be_primary(connection: &mut MultiplexedConnection) -> RedisResult<()> {
    let role: Value = redis::cmd("ROLE").query_async(connection).await?;
    let is_primary = matches!(&role, Value::Array(said)
        if matches!(said.first(), Some(Value::BulkString(role)) if role == b"master"));
    if is_primary {
        return Ok(());
    }
    Err(RedisError::from((
        ErrorKind::MasterNameNotFoundBySentinel,
        "the server the sentinels name is no primary yet",
    )))
}
