-- Asks for one address after the other of those in the file that HIT_PATHS names, one a line.
-- Whole requests are made once, so that wrk's own work stays what it is without a script.
local requests, at = {}, 0

function init()
  local agent = { ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0" }
  for line in io.lines(os.getenv("HIT_PATHS")) do
    local path = line:gsub("^%a+://[^/]+", "")
    requests[#requests + 1] = wrk.format("GET", path, agent)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
