package dev.alcada.pluggy.benchmark;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * As little of an HTTP server as answers both endpoints, so that the clients are what is measured.
 */
final class LoopbackPluggy implements AutoCloseable {
  private static final String KEY = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.c2lnbmF0dXJl";
  private static final byte[] ANSWER = answer();

  private final ServerSocket listening;

  LoopbackPluggy() throws IOException {
    listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    thread(this::accept);
  }

  String base() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "loopback-pluggy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        socket.setTcpNoDelay(true);
        thread(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      StringBuilder line = new StringBuilder();
      int length = 0;
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (c != '\n') {
          line.append((char) c);
          continue;
        }
        String header = line.toString().strip();
        line.setLength(0);
        if (header.startsWith("Content-Length:")) {
          length = Integer.parseInt(header.substring(15).strip());
        } else if (header.isEmpty()) {
          in.skipNBytes(length);
          out.write(ANSWER);
        }
      }
    } catch (IOException e) {
      // closed by the client
    }
  }

  private static byte[] answer() {
    String body = "{\"apiKey\":\"%s\",\"accessToken\":\"%s\"}".formatted(KEY, KEY);
    return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  static String key() {
    return KEY;
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
