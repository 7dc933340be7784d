package dev.alcada.examples;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request whose body has arrived, with what a form in it says in UTF-8. */
final class WholeRequest extends HttpServletRequestWrapper {
  private final byte[] body;
  private @Nullable Map<String, String[]> parameters;

  WholeRequest(HttpServletRequest request, byte[] body) {
    super(request);
    this.body = body;
  }

  @Override
  public ServletInputStream getInputStream() {
    return new Body(new ByteArrayInputStream(body));
  }

  @Override
  public BufferedReader getReader() {
    return new BufferedReader(
        new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8));
  }

  @Override
  public @Nullable String getParameter(String name) {
    String[] values = getParameterMap().get(name);
    return values == null ? null : values[0];
  }

  @Override
  public String @Nullable [] getParameterValues(String name) {
    return getParameterMap().get(name);
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return Collections.enumeration(getParameterMap().keySet());
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    if (parameters == null) {
      Map<String, List<String>> read = new LinkedHashMap<>();
      String query = getQueryString();
      read(query == null ? "" : query, read);
      String type = getContentType();
      if (type != null && type.startsWith("application/x-www-form-urlencoded")) {
        read(new String(body, StandardCharsets.UTF_8), read);
      }
      parameters = new LinkedHashMap<>();
      for (Map.Entry<String, List<String>> parameter : read.entrySet()) {
        parameters.put(parameter.getKey(), parameter.getValue().toArray(new String[0]));
      }
    }
    return parameters;
  }

  private static void read(String form, Map<String, List<String>> into) {
    for (String field : form.split("&", -1)) {
      int equals = field.indexOf('=');
      if (!field.isEmpty()) {
        into.computeIfAbsent(
                decoded(equals < 0 ? field : field.substring(0, equals)), n -> new ArrayList<>())
            .add(equals < 0 ? "" : decoded(field.substring(equals + 1)));
      }
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static final class Body extends ServletInputStream {
    private final ByteArrayInputStream in;

    Body(ByteArrayInputStream in) {
      this.in = in;
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return in.read(bytes, offset, length);
    }

    @Override
    public boolean isFinished() {
      return in.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new IllegalStateException("the body has arrived already");
    }
  }
}
