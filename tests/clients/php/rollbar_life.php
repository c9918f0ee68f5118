<?php
// rollbar-php in one of the situations of its life: rollbar_life.php STORY. Prints each answer as one line of JSON.
require getenv('ROLLBAR_PHP_VENDOR') . '/autoload.php';

use Rollbar\Payload\Level;
use Rollbar\Rollbar;

$story = $argv[1];
$person = $story === 'refused' ? ['username' => 'andrewbrown'] : ['id' => '1001', 'username' => 'andrewbrown'];
Rollbar::init([
    'access_token' => getenv('ROLLBAR_ACCESS_TOKEN'),
    'endpoint' => getenv('ROLLBAR_BASE'),
    'environment' => 'test',
    'code_version' => '1.2.3',
    'root' => __DIR__,
    'person' => $person,
], false, false, false);

$answers = [];
$send = function (string $level, $what, array $more = []) use (&$answers) {
    $answer = Rollbar::logger()->report($level, $what, $more);
    $answers[] = ['status' => $answer->getStatus(), 'info' => $answer->getInfo(), 'uuid' => $answer->getUuid()];
};

function read_feed(): void
{
    throw new RuntimeException('home feed did not load', 0, new OutOfBoundsException('no such row'));
}

switch ($story) {
    case 'life':
        try {
            read_feed();
        } catch (RuntimeException $caught) {
            $send(Level::ERROR, $caught, ['rows' => 3]);
        }
        $send(Level::WARNING, 'Hello Wörld!', ['rows' => 0]);
        break;
    case 'twice':
        $send(Level::INFO, 'number 0');
        $send(Level::INFO, 'number 1');
        break;
    case 'large':
        // It cuts strings where an item is larger than 128 kB, so that one is made of many.
        $send(Level::ERROR, 'large', ['rows' => array_fill(0, 40000, 'x')]);
        break;
    case 'refused':
    case 'gone':
    case 'exits':
        $send(Level::ERROR, 'the last words');
        break;
}
echo json_encode(['answers' => $answers]), "\n";
