package dev.alcada.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks, before anything is counted, whether a server can be trusted with it: a script that meets a
 * command it has no right to is not rolled back, and an eviction deletes live counters.
 */
final class Probe {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCounterStore.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final RedisClusterAsyncCommands<byte[], byte[]> commands;
  private final Keys keys;

  /**
   * @param keys what the keys are called that it looks with
   */
  Probe(RedisLink link, Keys keys) {
    this.commands = link.serving(keys.of("p"));
    this.keys = keys;
  }

  /**
   * Runs every command of the scripts on keys of its own, and makes the scripts known.
   *
   * @param what {@code counters} or {@code approvals}
   * @param scripts the scripts
   * @throws IllegalStateException that names what the user has no right to
   */
  void rights(String what, Script... scripts) {
    byte[][] own = new byte[4][];
    String name = "p:" + UUID.randomUUID();
    for (int i = 0; i < own.length; i++) {
      own[i] = keys.of(name + ":" + i);
    }
    String missing =
        text(
            commands.eval(
                Script.PROBE.text().getBytes(UTF_8),
                ScriptOutputType.VALUE,
                own,
                what.getBytes(UTF_8)),
            "eval");
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          "the Redis user may not run "
              + missing
              + ", which this store needs: see the table of commands in its documentation");
    }
    for (Script script : scripts) {
      try {
        text(commands.evalsha(Script.PROBE.digest(), ScriptOutputType.VALUE, own), "evalsha");
        // Without arguments, a script ends before it does anything.
        text(commands.eval(script.text().getBytes(UTF_8), ScriptOutputType.VALUE, own), "eval");
      } catch (RedisNoScriptException e) {
        // A server that does not keep them; each call sends them then.
      }
    }
  }

  /**
   * Sees to it that the server deletes nothing that counts.
   *
   * @param evictionAllowed whether the host has said that it may
   */
  void eviction(boolean evictionAllowed) {
    String policy = policy();
    if (policy == null) {
      LOG.warn(
          "The Redis user may run neither INFO nor CONFIG GET, so it is not known whether the"
              + " server evicts keys: its maxmemory-policy must be noeviction");
    } else if (!policy.equals("noeviction") && !evictionAllowed) {
      throw new IllegalStateException(
          "Redis's maxmemory-policy is "
              + policy
              + ", by which it deletes live counters: set it to noeviction, or allowEviction() if"
              + " limits may be forgotten when memory runs out");
    }
  }

  private @Nullable String policy() {
    try {
      for (String line : got(commands.info("memory")).lines().toList()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("maxmemory_policy:")) {
          return line.substring(line.indexOf(':') + 1).trim();
        }
      }
    } catch (RedisCommandExecutionException e) {
      // Perhaps the other is allowed.
    }
    try {
      return got(commands.configGet("maxmemory-policy")).get("maxmemory-policy");
    } catch (RedisCommandExecutionException e) {
      return null;
    }
  }

  private static String text(RedisFuture<byte[]> answer, String command) {
    try {
      return new String(got(answer), UTF_8);
    } catch (RedisNoScriptException e) {
      throw e;
    } catch (RedisCommandExecutionException e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("NOPERM")) {
        throw new IllegalStateException(
            "the Redis user may not run " + command + ", which this store needs: " + message, e);
      }
      throw e;
    }
  }

  private static <T> T got(RedisFuture<T> answer) {
    try {
      return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException("Redis could not be asked", e.getCause());
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IllegalStateException("Redis did not answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while Redis was asked", e);
    }
  }
}
