# The rollbar gem in one of the situations of its life: rollbar_life.rb STORY. Prints what the gem logged as one line of JSON.
require 'json'
require 'logger'
require 'stringio'
require 'rollbar'

SAID = StringIO.new

Rollbar.configure do |config|
  config.access_token = ENV.fetch('ROLLBAR_ACCESS_TOKEN')
  config.endpoint = ENV.fetch('ROLLBAR_ENDPOINT')
  config.environment = 'test'
  config.code_version = '1.2.3'
  config.root = __dir__
  config.logger = Logger.new(SAID)
end

def read_feed
  raise KeyError, 'no such row'
rescue KeyError
  raise ArgumentError, 'home feed did not load'
end

def life
  Rollbar.scoped(person: { id: '1001', username: 'andrewbrown' }) do
    read_feed
  rescue ArgumentError => e
    Rollbar.error(e, rows: 3)
  end
  Rollbar.warning('Hello Wörld!', rows: 0)
end

def tell
  puts JSON.generate(said: SAID.string)
  $stdout.flush
end

case ARGV.fetch(0)
when 'life' then life
when 'twice' then 2.times { |i| Rollbar.info("number #{i}") }
when 'large' then Rollbar.error('x' * 400_000)
when 'refused' then Rollbar.scoped(person: { username: 'andrewbrown' }) { Rollbar.error('a person without id') }
when 'exits'
  Rollbar.critical('the last words')
  tell
  exit!(0)
end
tell
