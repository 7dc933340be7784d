package dev.alcada.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the server. When a text goes by, it is passed on and the connection is cut before
 * the answer, or it is held back for good.
 */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cuts = new AtomicInteger();
  private volatile @Nullable String cutAfter;
  private volatile boolean silent;

  CuttingProxy(int target) throws IOException {
    this.target = target;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Cuts the connection once the server has the next message with this text. */
  void cutAfter(@Nullable String text) {
    cutAfter = text;
  }

  /** Lets nothing through any more, or lets it through again. */
  void silent(boolean now) {
    silent = now;
  }

  int cuts() {
    return cuts.get();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(client);
        sockets.add(server);
        AtomicInteger cut = new AtomicInteger();
        start(() -> copy(client, server, cut, true));
        start(() -> copy(server, client, cut, false));
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  private void copy(Socket from, Socket to, AtomicInteger cut, boolean asking) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] block = new byte[64 * 1024];
      for (int read; (read = in.read(block)) > 0; ) {
        if (silent) {
          continue;
        }
        String text = cutAfter;
        if (asking
            && text != null
            && new String(block, 0, read, StandardCharsets.ISO_8859_1).contains(text)) {
          cutAfter = null;
          cut.set(1);
        }
        if (!asking && cut.get() == 1) {
          // The server has answered: it has done what it was asked.
          cuts.incrementAndGet();
          return;
        }
        out.write(block, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // Cut.
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "cutting-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
