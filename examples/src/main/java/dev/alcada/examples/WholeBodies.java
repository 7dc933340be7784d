package dev.alcada.examples;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request through once its body has arrived. Until then it waits without a thread, so that
 * two hundred clients that send half of one do not hold all that there are. Where too much is
 * arriving at once, what has been arriving for the longest is given up: whoever sends what they
 * have is not kept out by those who never finish. Thread-safe.
 */
final class WholeBodies extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String BODY = WholeBodies.class.getName();
  private static final long LONGEST_MILLIS = 30_000;

  /** So many of the largest bodies may be arriving at once, as far as there is memory for them. */
  private static final int LARGE_ONES = 8;

  /** A body is some four times there while it is taken in. */
  private static final int SHARE_OF_MEMORY = 16;

  /** Nothing is won by giving up what is so small, and a ping gets through. */
  private static final int SMALL = 8 << 10;

  private final int maxBytes;
  private final long mostBytes;

  // Guarded by the set, the oldest first.
  private final transient Set<Arrival> arriving = new LinkedHashSet<>();

  /** Of all that are arriving, or have arrived and are being taken in. */
  private long bytes;

  WholeBodies(int maxBytes) {
    long share = Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY;
    this.maxBytes = (int) Math.min(maxBytes, share);
    this.mostBytes = Math.min((long) LARGE_ONES * maxBytes, share);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      if (!(request.getAttribute(BODY) instanceof Arrival arrival)) {
        chain.doFilter(request, response);
        return;
      }
      request.removeAttribute(BODY);
      try {
        chain.doFilter(new WholeRequest(request, arrival.body.toByteArray()), response);
      } finally {
        gone(arrival);
      }
    } else if (request.getContentLengthLong() > maxBytes) {
      refuse(response, 413, "The request is larger than " + maxBytes + " bytes.");
    } else if (request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null) {
      Arrival arrival = new Arrival(request.startAsync(), request.getInputStream());
      synchronized (arriving) {
        arriving.add(arrival);
      }
      arrival.begin();
    } else {
      chain.doFilter(request, response);
    }
  }

  private static void refuse(HttpServletResponse response, int status, String why)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain");
    response.setCharacterEncoding("UTF-8");
    response.getWriter().println(why);
  }

  /** {@return which body has to be given up, now that so much more of one has arrived} */
  private @Nullable Arrival tooMuch(Arrival arrival, int more) {
    synchronized (arriving) {
      if (!arriving.contains(arrival)) {
        return null;
      }
      arrival.counted += more;
      bytes += more;
      if (bytes <= mostBytes) {
        return null;
      }
      for (Arrival oldest : arriving) {
        if (oldest.counted > SMALL) {
          gone(oldest);
          return oldest;
        }
      }
      return null;
    }
  }

  private void arrived(Arrival arrival) {
    synchronized (arriving) {
      arriving.remove(arrival);
    }
  }

  private void gone(Arrival arrival) {
    synchronized (arriving) {
      arriving.remove(arrival);
      bytes -= arrival.counted;
      arrival.counted = 0;
    }
  }

  /** A body on its way. The container calls its methods one at a time, and another body one. */
  private final class Arrival implements ReadListener, AsyncListener {
    private final AsyncContext context;
    private final ServletInputStream in;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[8192];
    private boolean ended;
    private long counted;

    Arrival(AsyncContext context, ServletInputStream in) {
      this.context = context;
      this.in = in;
    }

    void begin() {
      context.setTimeout(LONGEST_MILLIS);
      context.addListener(this);
      in.setReadListener(this);
    }

    @Override
    public void onDataAvailable() throws IOException {
      try {
        for (int read = read(); read >= 0; read = read()) {
          Arrival oldest = tooMuch(this, read);
          if (oldest != null) {
            // Not while this one is locked: another may be giving it up.
            oldest.giveUp();
          }
        }
      } catch (Throwable e) {
        gone(this); // the memory has ended, say: the container tells of that no listener
        throw e;
      }
    }

    /** {@return how much more has arrived, or -1 if there is nothing to be had now} */
    private synchronized int read() throws IOException {
      if (ended || !in.isReady()) {
        return -1;
      }
      int read = in.read(buffer);
      if (read > 0) {
        body.write(buffer, 0, read);
      }
      if (body.size() > maxBytes) {
        end(413, "The request is larger than " + maxBytes + " bytes.");
      }
      return read;
    }

    private synchronized void giveUp() {
      end(503, "Too much is arriving at once; try again later.");
    }

    @Override
    public synchronized void onAllDataRead() {
      if (!ended) {
        ended = true;
        arrived(this);
        context.getRequest().setAttribute(BODY, this);
        context.dispatch();
      }
    }

    @Override
    public synchronized void onError(Throwable thrown) {
      end(400, "The request did not arrive.");
    }

    @Override
    public synchronized void onTimeout(AsyncEvent event) {
      end(408, "The request did not arrive in time.");
    }

    private void end(int status, String why) {
      if (ended) {
        return;
      }
      ended = true;
      gone(this);
      try {
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        // What is left of it is not read.
        response.setHeader("Connection", "close");
        refuse(response, status, why);
      } catch (IOException | IllegalStateException e) {
        log(e);
      } finally {
        context.complete();
      }
    }

    private void log(Exception e) {
      getServletContext().log("A request that did not arrive could not be answered: " + e);
    }

    @Override
    public void onComplete(AsyncEvent event) {
      gone(this);
    }

    @Override
    public void onError(AsyncEvent event) {
      onError(event.getThrowable());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
