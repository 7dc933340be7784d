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
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets a request through once its body has arrived. Until then it waits without a thread, so that
 * two hundred clients that send half of one do not hold all that there are. Thread-safe.
 */
final class WholeBodies extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String BODY = WholeBodies.class.getName();
  private static final long LONGEST_MILLIS = 30_000;

  /** So many of the largest bodies may be arriving at once. */
  private static final int LARGE_ONES = 8;

  private final int maxBytes;
  private final AtomicLong arriving = new AtomicLong();

  WholeBodies(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (request.getDispatcherType() == DispatcherType.ASYNC) {
      Object body = request.getAttribute(BODY);
      request.removeAttribute(BODY);
      chain.doFilter(
          body instanceof byte[] bytes ? new WholeRequest(request, bytes) : request, response);
    } else if (request.getContentLengthLong() > maxBytes) {
      refuse(response, 413, "The request is larger than " + maxBytes + " bytes.");
    } else if (request.getContentLengthLong() > 0
        || request.getHeader("Transfer-Encoding") != null) {
      Arrival arrival = new Arrival(request.startAsync(), request.getInputStream());
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

  /** A body on its way. The container calls its methods one at a time. */
  private final class Arrival implements ReadListener, AsyncListener {
    private final AsyncContext context;
    private final ServletInputStream in;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final byte[] buffer = new byte[8192];
    private boolean ended;

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
    public synchronized void onDataAvailable() throws IOException {
      while (!ended && in.isReady()) {
        int read = in.read(buffer);
        if (read < 0) {
          return;
        }
        body.write(buffer, 0, read);
        long all = arriving.addAndGet(read);
        if (body.size() > maxBytes) {
          end(413, "The request is larger than " + maxBytes + " bytes.");
        } else if (all > (long) LARGE_ONES * maxBytes) {
          end(503, "Too much is arriving at once; try again later.");
        }
      }
    }

    @Override
    public synchronized void onAllDataRead() {
      if (!ended) {
        ended = true;
        arriving.addAndGet(-body.size());
        context.getRequest().setAttribute(BODY, body.toByteArray());
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
      arriving.addAndGet(-body.size());
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
    public void onComplete(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {
      onError(event.getThrowable());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}
  }
}
