package dev.alcada.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.tukaani.xz.XZInputStream;

/**
 * A real PostgreSQL, started once a JVM on a free port and ended with it. The server refuses to be
 * run by root, so for root it is run by {@code nobody}.
 */
final class PostgresServer {
  private static final long DEADLINE = Duration.ofMinutes(2).toNanos();
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private static @Nullable PostgresServer server;

  private final Path home;
  private final Path log;
  private final boolean root;
  private final int port;
  private final Process process;

  private PostgresServer() throws IOException, InterruptedException {
    home = Files.createTempDirectory("alcada-postgres");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    root = Files.getOwner(home).getName().equals("root");
    log = home.resolve("log");
    extract(home.resolve("server"));
    Path data = Files.createDirectory(home.resolve("data"));
    if (root) {
      run(List.of("chown", "nobody", data.toString()));
    }
    String bin = home.resolve("server/bin") + "/";
    run(
        user(
            bin + "initdb",
            "-D",
            data.toString(),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync"));
    port = freePort();
    List<String> command = new ArrayList<>(List.of(bin + "postgres", "-D", data.toString()));
    for (String setting :
        List.of(
            "port=" + port,
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=80",
            "shared_buffers=32MB",
            "fsync=off",
            "log_min_messages=fatal")) {
      command.addAll(List.of("-c", setting));
    }
    process =
        new ProcessBuilder(user(command.toArray(String[]::new)))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    awaitStart();
  }

  static synchronized PostgresServer get() {
    PostgresServer started = server;
    if (started == null) {
      try {
        started = new PostgresServer();
        server = started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return started;
  }

  /** {@return a new database on the server, with the schema of the library} */
  static String emptyDatabase() {
    String name = "test" + DATABASES.incrementAndGet();
    get().execute("postgres", "CREATE DATABASE " + name);
    SchemaFile.statements("postgresql.sql").forEach(sql -> get().execute(name, sql));
    return name;
  }

  static PGSimpleDataSource source(String database) {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl("jdbc:postgresql://127.0.0.1:" + get().port + "/" + database);
    source.setUser("postgres");
    return source;
  }

  static HikariDataSource pool(String database, int connections) {
    return pool(database, connections, config -> {});
  }

  static HikariDataSource pool(
      String database, int connections, Consumer<HikariConfig> configuration) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(source(database));
    config.setMaximumPoolSize(connections);
    config.setMinimumIdle(0);
    configuration.accept(config);
    return new HikariDataSource(config);
  }

  static int port() {
    return get().port;
  }

  void execute(String database, String sql) {
    try (Connection connection = source(database).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private void awaitStart() throws IOException {
    long began = System.nanoTime();
    while (true) {
      try {
        DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?loggerLevel=OFF", "postgres", "")
            .close();
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() - began > DEADLINE) {
          throw new IOException("PostgreSQL did not start: " + Files.readString(log), e);
        }
        LockSupport.parkNanos(20_000_000);
      }
    }
  }

  private void stop() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      try (Stream<Path> files = Files.walk(home)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (IOException | InterruptedException e) {
      // The directory of temporary files is cleaned by its machine.
    }
  }

  private List<String> user(String... command) {
    List<String> whole = new ArrayList<>();
    if (root) {
      whole.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"));
    }
    whole.addAll(List.of(command));
    return whole;
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Process run =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .directory(home.toFile())
            .start();
    if (!run.waitFor(2, TimeUnit.MINUTES) || run.exitValue() != 0) {
      throw new IOException(command + " failed: " + Files.readString(log));
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void extract(Path into) throws IOException {
    String os = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    boolean arm = List.of("aarch64", "arm64").contains(System.getProperty("os.arch"));
    String name = "/postgres-" + os + (arm ? "-arm_64" : "-x86_64") + ".txz";
    try (InputStream resource = PostgresServer.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IOException(name + " is not on the class path");
      }
      TarArchiveInputStream tar =
          new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(resource)));
      for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
        Path file = into.resolve(entry.getName()).normalize();
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(file.getParent());
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(tar, file);
          if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }
      }
    }
  }
}
