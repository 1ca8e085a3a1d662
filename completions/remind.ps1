# PowerShell completion for remind; `remind completion powershell` prints it.
# It asks remind what may stand at the cursor and offers that. Nothing of an answer is evaluated.

Register-ArgumentCompleter -Native -CommandName remind, remindcli -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $name = if ("$($commandAst.GetCommandName())" -like '*remindcli*') { 'remindcli' } else { 'remind' }
    $program = Get-Command -Name $name -CommandType Application -TotalCount 1 -ErrorAction Ignore
    if (-not $program) { return }

    $words = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text })
    # The colon keeps the last word from being dropped where it is empty.
    $answers = @(& $program __complete powershell @words ":$wordToComplete" 2>$null)

    if ($answers.Count -eq 0) {
        # Without an answer PowerShell would offer file names.
        ''
        return
    }
    if ($answers[0] -like "`tfiles*") { return }
    foreach ($answer in $answers) {
        $value, $about = $answer -split "`t", 2
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
