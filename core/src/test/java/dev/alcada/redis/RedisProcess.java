package dev.alcada.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A Redis server of the tests' own. One is shared; a test that does it harm starts another. */
final class RedisProcess implements AutoCloseable {
  static {
    // It warns of every server that these tests kill.
    System.setProperty("org.slf4j.simpleLogger.log.io.lettuce", "error");
  }

  /** The nodes of a cluster talk at a port that is 10,000 higher. */
  private static final int HIGHEST_PORT = 55_535;

  private static final AtomicInteger STORES = new AtomicInteger();

  /** The address of a server that runs and that the kits are to be tried on. */
  private static final @Nullable String RUNNING = System.getProperty("alcada.redis");

  /** What keys of an earlier run are told apart by, on a server that outlives it. */
  private static final String RUN = RUNNING == null ? "t" : "t" + System.nanoTime() + "-";

  /** The program, unpacked once, or another one that is to be tried. */
  private static final class Program {
    static final File FILE = unpacked();

    private static File unpacked() {
      String another = System.getProperty("alcada.redis.server");
      if (another != null) {
        return new File(another);
      }
      try {
        return ExecutableProvider.newJarResourceProvider().get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Started by the first test that needs it, ended with the JVM. */
  private static final class Shared {
    static final RedisProcess SERVER = start();
    static final RedisClient CLIENT =
        RUNNING == null ? SERVER.client() : RedisClient.create(RUNNING);

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
    }
  }

  private final Process process;
  private final int port;
  private final Path folder;
  private final List<String> options;

  private RedisProcess(Process process, int port, Path folder, List<String> options) {
    this.process = process;
    this.port = port;
    this.folder = folder;
    this.options = options;
  }

  static RedisProcess shared() {
    return Shared.SERVER;
  }

  static RedisClient sharedClient() {
    return Shared.CLIENT;
  }

  /** A prefix that no other store of this run has. */
  static String freshPrefix() {
    return RUN + STORES.incrementAndGet();
  }

  static RedisProcess start(String... options) {
    try {
      return start(freePort(), Files.createTempDirectory("redis"), List.of(options));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    while (true) {
      try (ServerSocket free = new ServerSocket(0)) {
        if (free.getLocalPort() <= HIGHEST_PORT) {
          return free.getLocalPort();
        }
      }
    }
  }

  /** The same server again, at the same place, with what it has kept. */
  RedisProcess again() {
    kill();
    return start(port, folder, options);
  }

  private static RedisProcess start(int port, Path folder, List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Program.FILE.getAbsolutePath(),
                "--port",
                String.valueOf(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                folder.toString()));
    command.addAll(options);
    return start(port, folder, options, command, "eady to accept connections");
  }

  /** One that sees to it that {@code counters} are on a server that lives. */
  static RedisProcess sentinel(RedisProcess first) {
    try {
      int port = freePort();
      Path folder = Files.createTempDirectory("redis");
      Path settings = folder.resolve("sentinel.conf");
      Files.writeString(
          settings,
          """
          port %d
          bind 127.0.0.1
          sentinel monitor counters 127.0.0.1 %d 1
          sentinel down-after-milliseconds counters 500
          sentinel failover-timeout counters 5000
          """
              .formatted(port, first.port));
      List<String> command =
          List.of(Program.FILE.getAbsolutePath(), settings.toString(), "--sentinel");
      return start(port, folder, List.of(), command, "Sentinel ID is");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RedisProcess start(
      int port, Path folder, List<String> options, List<String> command, String ready) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader log =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      for (String line = log.readLine(); ; line = log.readLine()) {
        if (line == null) {
          throw new IllegalStateException("Redis has ended: " + command);
        }
        if (line.contains(ready)) {
          break;
        }
      }
      Thread reader =
          new Thread(
              () -> {
                try {
                  while (log.readLine() != null) {
                    // So that the server never waits for who reads its log.
                  }
                } catch (IOException e) {
                  // It has ended.
                }
              });
      reader.setDaemon(true);
      reader.start();
      return new RedisProcess(process, port, folder, List.copyOf(options));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  RedisClient client() {
    return client(port);
  }

  static RedisClient client(int port) {
    return RedisClient.create(
        RedisURI.builder()
            .withHost("127.0.0.1")
            .withPort(port)
            .withTimeout(Duration.ofSeconds(10))
            .build());
  }

  StatefulRedisConnection<String, String> connect() {
    return client().connect();
  }

  /** Stops the server in the middle of whatever it does. */
  void pause() throws Exception {
    signal("STOP");
  }

  void goOn() throws Exception {
    signal("CONT");
  }

  private void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("no signal " + name);
    }
  }

  void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    if (!Files.exists(folder)) {
      return;
    }
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
