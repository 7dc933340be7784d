package dev.alcada.examples;

import jakarta.servlet.Servlet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/**
 * An embedded Tomcat that serves what it is given on the loopback interface, and nothing else to
 * nobody else. A servlet is called once a request has wholly arrived: those that are slow to come,
 * or never do, hold no thread. Errors are answered without a word about this program. Thread-safe.
 */
public final class LoopbackServer implements AutoCloseable {
  // Held, because a logger that nobody holds forgets its level.
  private static final Logger TOMCAT_LOG = Logger.getLogger("org.apache");
  // It warns of threads that outlive a reloaded application; here they end with the program.
  private static final Logger RELOAD_LOG =
      Logger.getLogger("org.apache.catalina.loader.WebappClassLoaderBase");

  private static final int MOST_CONNECTIONS = 2_000;
  private static final int DEFAULT_BODY = 16 << 20;

  private final Tomcat tomcat;
  private final Path base;
  private final AtomicBoolean closed = new AtomicBoolean();

  private LoopbackServer(Tomcat tomcat, Path base) {
    this.tomcat = tomcat;
    this.base = base;
  }

  /**
   * Starts a server.
   *
   * @param servlet what answers every request, of at most 16 MiB
   * @param port 1 to 65535, or 0 for a free one
   * @throws IOException if the port is taken or the server does not start
   */
  public static LoopbackServer start(Servlet servlet, int port) throws IOException {
    return start(servlet, port, DEFAULT_BODY);
  }

  /**
   * Starts a server.
   *
   * @param servlet what answers every request
   * @param port 1 to 65535, or 0 for a free one
   * @param maxBody how many bytes a request's body may have; a longer one is answered with 413
   * @throws IOException if the port is taken or the server does not start
   */
  public static LoopbackServer start(Servlet servlet, int port, int maxBody) throws IOException {
    return start(
        context -> {
          Tomcat.addServlet(context, "servlet", servlet).setAsyncSupported(true);
          context.addServletMappingDecoded("/*", "servlet");
        },
        port,
        maxBody);
  }

  /**
   * Starts a server of several servlets and filters.
   *
   * @param content adds them
   * @param port 1 to 65535, or 0 for a free one
   * @throws IOException if the port is taken or the server does not start
   */
  public static LoopbackServer start(Consumer<Context> content, int port) throws IOException {
    return start(content, port, DEFAULT_BODY);
  }

  private static LoopbackServer start(Consumer<Context> content, int port, int maxBody)
      throws IOException {
    TOMCAT_LOG.setLevel(Level.WARNING);
    RELOAD_LOG.setLevel(Level.OFF);
    Path base = temporaryDirectory();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(port);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.getConnector().setThrowOnFailure(true);
    // Half a head waits so long, on no thread.
    tomcat.getConnector().setProperty("connectionTimeout", "20000");
    tomcat.getConnector().setProperty("keepAliveTimeout", "60000");
    tomcat.getConnector().setProperty("maxConnections", String.valueOf(MOST_CONNECTIONS));
    tomcat.getHost().getPipeline().addValve(silentErrors());
    Context context = tomcat.addContext("", base.toString());
    FilterDef bodies = new FilterDef();
    bodies.setFilterName("bodies");
    bodies.setFilter(new WholeBodies(maxBody));
    bodies.setAsyncSupported("true");
    context.addFilterDef(bodies);
    FilterMap everything = new FilterMap();
    everything.setFilterName("bodies");
    everything.addURLPattern("/*");
    everything.setDispatcher("REQUEST");
    everything.setDispatcher("ASYNC");
    context.addFilterMap(everything);
    content.accept(context);
    LoopbackServer server = new LoopbackServer(tomcat, base);
    try {
      tomcat.start();
      return server;
    } catch (LifecycleException e) {
      server.close();
      throw new IOException("cannot serve on 127.0.0.1:" + port + ": " + rootMessage(e), e);
    }
  }

  private static Path temporaryDirectory() throws IOException {
    try {
      return Files.createTempDirectory("alcada-http");
    } catch (IOException e) {
      String where = System.getProperty("java.io.tmpdir");
      throw new IOException("cannot serve: no directory can be made in " + where, e);
    }
  }

  private static ErrorReportValve silentErrors() {
    ErrorReportValve valve = new ErrorReportValve();
    valve.setShowReport(false);
    valve.setShowServerInfo(false);
    return valve;
  }

  /** {@return the port it listens on} */
  public int port() {
    return tomcat.getConnector().getLocalPort();
  }

  /** {@return its address, such as {@code http://127.0.0.1:49152}} */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Stops serving and frees the port; a second time does nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IllegalStateException("the server did not stop", e);
    } finally {
      deleteBase();
    }
  }

  private void deleteBase() {
    if (!Files.exists(base)) {
      return; // somebody has cleaned up
    }
    try (var files = Files.walk(base)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage());
  }
}
