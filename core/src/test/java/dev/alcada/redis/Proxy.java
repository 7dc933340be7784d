package dev.alcada.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Between a store and its server: it may be slow, hold answers, and cut the line before one. */
final class Proxy implements AutoCloseable {
  private final int server;
  private final ServerSocket socket;
  private final Duration delay;
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private volatile boolean cutting;
  private volatile CountDownLatch held = new CountDownLatch(0);

  Proxy(int server, Duration delay) throws IOException {
    this.server = server;
    this.delay = delay;
    this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    later.execute(() -> {});
    start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  /** The next answer is lost, and the line with it. */
  void cutBeforeTheNextAnswer() {
    cutting = true;
  }

  /** No answer comes until they are let go. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void letGo() {
    held.countDown();
  }

  private static void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // A line was cut.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = socket.accept();
      Socket target = new Socket(InetAddress.getLoopbackAddress(), server);
      AtomicBoolean asked = new AtomicBoolean();
      start(() -> forward(client, target, asked, false));
      start(() -> forward(client, target, asked, true));
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // a chunk is written or the line is cut
  private void forward(Socket client, Socket target, AtomicBoolean asked, boolean answers)
      throws IOException {
    InputStream in = (answers ? target : client).getInputStream();
    OutputStream out = (answers ? client : target).getOutputStream();
    try (client;
        target) {
      byte[] buffer = new byte[65_536];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        // Not that of a connection which is being made.
        if (answers && cutting && asked.get()) {
          cutting = false;
          return;
        }
        byte[] chunk = Arrays.copyOf(buffer, read);
        if (!answers && new String(chunk, ISO_8859_1).contains("EVALSHA")) {
          asked.set(true);
        }
        if (answers && !delay.isZero()) {
          later.schedule(() -> answer(out, chunk), delay.toMillis(), TimeUnit.MILLISECONDS);
        } else {
          out.write(chunk);
        }
      }
    }
  }

  private void answer(OutputStream out, byte[] chunk) {
    try {
      held.await();
      out.write(chunk);
    } catch (IOException | InterruptedException e) {
      // A line was cut, or all of this is closed.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    later.shutdownNow();
  }

  private interface Task {
    void run() throws IOException;
  }
}
